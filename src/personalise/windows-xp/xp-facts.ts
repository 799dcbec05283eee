/** What is known of a sealed Windows 2000, XP or 2003 besides its files. */
export interface XpFacts {
  readonly version: '2000' | 'xp' | '2003';
  /** Name of its folder in the root of the volume, as it is spelled there: `WINDOWS`. */
  readonly windowsFolder: string;
  /** The command that starts the first-boot service, run once as SYSTEM; null when there is none. */
  readonly firstBootCommand: string | null;
}
