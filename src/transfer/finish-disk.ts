import { announceLayout, openDisk, writeLayout } from '../disk/index.ts';
import type { FinishOptions } from './deploy-options.ts';

/**
 * The last step of a deploy: writes partition table and boot code, sector 0 after all else, and reads them
 * back. From here on the disk starts its own system. May be repeated.
 *
 * @throws MimeoError `disk-lies`, `disk-failed`, `disk-busy`
 */
export async function finishDisk({ disk: path, layout, signal }: FinishOptions): Promise<void> {
  signal?.throwIfAborted();
  const disk = await openDisk(path, 'write');
  try {
    await writeLayout(disk, layout);
  } finally {
    await disk[Symbol.asyncDispose]();
  }
  await announceLayout(disk);
}
