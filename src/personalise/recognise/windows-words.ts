import type { RecognisedWindows } from './facts.ts';

type Described = Omit<RecognisedWindows, 'words' | 'warnings' | 'system'>;

/** One line for a person: what is known of a Windows. */
export function wordsOfWindows(windows: Described): string {
  const { productName, release, build, architecture, language } = windows;
  const name = [productName ?? 'Windows of a version that is not known', release]
    .filter((part) => part !== null)
    .join(' ');
  return [name, build === null ? null : `build ${build}`, architecture, language]
    .filter((part) => part !== null)
    .join(', ');
}

/** What a technician should know before this is given to a lab. */
export function warningsOfWindows(windows: Described, problems: readonly string[]): string[] {
  const { sealed, hibernated, fastStartup, generation } = windows;
  const warnings: string[] = [];
  if (sealed.sealed === false) {
    warnings.push(`This Windows is not generalised: ${sealed.because}.`);
  }
  if (sealed.sealed === null)
    warnings.push(`Whether this Windows is generalised is not known: ${sealed.because}.`);
  if (generation === null) warnings.push('The version of this Windows is not known.');
  if (hibernated) {
    warnings.push(
      fastStartup === true
        ? 'This Windows sleeps: fast startup kept its memory in hiberfil.sys. Nothing can be written to its volume; restart it, and shut it down with "shutdown /s /t 0".'
        : 'This Windows hibernates: its memory waits in hiberfil.sys. Nothing can be written to its volume; wake it, and shut it down.',
    );
  }
  return [...warnings, ...problems];
}
