import { MimeoError } from '../../errors.ts';
import type { RecognisedWindows } from '../recognise/facts.ts';
import type { Architecture } from './names.ts';

/** What has to be known of the Windows on the disk (Vista or later) before its answer file can be written. */
export interface WindowsFacts {
  /** CurrentBuild: 6000 Vista, 7600 7, 9200 8, 9600 8.1, 10240 and on 10, 22000 and on 11. */
  readonly build: number;
  readonly architecture: Architecture;
  /** The language of its menus, BCP 47; null when it is not known. */
  readonly language: string | null;
  /** All that its menus can speak, BCP 47; empty when that is not known. */
  readonly languages: readonly string[];
  /** `UnattendFile` of `HKLM\SYSTEM\Setup`, which Windows reads before every other; null when it is not set. */
  readonly unattendFile: string | null;
  /** The command that starts the first-boot service, run once as SYSTEM; null when there is none. */
  readonly firstBootCommand: string | null;
}

/** First builds of versions that brought something to the answer file. */
export const BUILD = { seven: 7600, eight: 9200, eightOne: 9600, ten: 10240, ten1607: 14393, ten1809: 17763 };

/**
 * What was recognised of a volume, as far as the answer file needs it.
 *
 * @throws MimeoError `personalise-order` when the version or the architecture is not known: an answer file for another
 * one stops Windows, or is not read
 */
export function windowsFactsOf(found: RecognisedWindows, firstBootCommand: string | null): WindowsFacts {
  const { build, architecture, language, languages, unattendFile } = found;
  if (build === null || architecture === null) {
    const what = build === null ? 'version' : 'architecture';
    throw new MimeoError(
      'personalise-order',
      `The ${what} of this Windows (${found.words}) is not known, so no answer file can be written for it.`,
      { next: 'Start the master once, see that Windows is whole, seal it and capture it again.' },
    );
  }
  return { build, architecture, language, languages, unattendFile, firstBootCommand };
}
