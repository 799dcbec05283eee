import type { Architecture } from './names.ts';

/** What has to be known of the Windows on the disk (Vista or later) before its answer file can be written. */
export interface WindowsFacts {
  /** CurrentBuild: 6000 Vista, 7600 7, 9200 8, 9600 8.1, 10240 and on 10, 22000 and on 11. */
  readonly build: number;
  readonly architecture: Architecture;
  /** The language of its menus, BCP 47; null when it is not known. */
  readonly language: string | null;
  /** Whether Sysprep sealed it with /generalize and /oobe; null when it is not known. */
  readonly sealed: boolean | null;
  /** `UnattendFile` of `HKLM\SYSTEM\Setup`, which Windows reads before every other; null when it is not set. */
  readonly unattendFile: string | null;
  /** The command that starts the first-boot service, run once as SYSTEM; null when there is none. */
  readonly firstBootCommand: string | null;
}

/** First builds of versions that brought something to the answer file. */
export const BUILD = { seven: 7600, eight: 9200, eightOne: 9600, ten: 10240, ten1607: 14393, ten1809: 17763 };
