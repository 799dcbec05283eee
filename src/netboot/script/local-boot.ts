import { type LocalBootWay, localBootWay } from '../quirks.ts';
import { ownDiskLines } from './own-disk.ts';
import { screenText, script, scriptUrl } from './text.ts';

/** How long the key for the menu works, in ms: long enough to press it, too short to annoy a class. */
const KEY_MS = 2000;

export interface LocalBootOptions {
  readonly firmware: 'bios' | 'uefi';
  /** What to call the host; empty where it has no name. */
  readonly name: string;
  /** Why it starts its own disk: `nothing to do`. */
  readonly reason: string;
  /** The script that the key `m` leads to. */
  readonly menuUrl: string;
  /** What SMBIOS says of it, to find its row in the quirk table. */
  readonly manufacturer?: string;
  readonly product?: string;
  /** How this machine leaves for its disk; default: the way of its row in the quirk table. */
  readonly way?: LocalBootWay;
}

/** A host with nothing to do: says so in one line, waits two seconds for a key, and starts its own disk. */
export function localBootScript(options: LocalBootOptions): string {
  const name = screenText(options.name) || 'This computer';
  const reason = screenText(options.reason) || 'nothing to do';
  return script([
    `echo ${name}: ${reason}, starting its own disk; press m for Mimeo`,
    // The text is not the prompt's own, because iPXE wipes that from the screen.
    `prompt --key m --timeout ${KEY_MS} && goto menu || goto disk`,
    ':menu',
    `chain --replace --autofree ${scriptUrl(options.menuUrl)} ||`,
    'echo Mimeo: the menu could not be loaded (see above).',
    ':disk',
    ...ownDiskLines(options.way ?? localBootWay(options)),
  ]);
}
