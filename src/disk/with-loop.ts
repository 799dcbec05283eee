import { run } from '../command.ts';
import { detachLoop } from './loops.ts';

/** A run of bytes of a disk, seen as a block device of its own. */
export interface LoopRange {
  /** The whole-disk node or plain file. */
  readonly disk: string;
  readonly startByte: number;
  readonly lengthBytes: number;
  readonly readOnly: boolean;
  /** Logical sector size of the disk; default 512. */
  readonly sectorBytes?: number;
}

/**
 * Shows part of a disk as a loop device while `use` runs. Reads and writes go through the whole disk's own
 * page cache, so both views agree; the kernel needs to know no partition.
 */
export async function withLoop<T>(range: LoopRange, use: (device: string) => Promise<T>): Promise<T> {
  const { stdout } = await run([
    'losetup',
    '--find',
    '--show',
    '--offset',
    String(range.startByte),
    '--sizelimit',
    String(range.lengthBytes),
    ...(range.sectorBytes === undefined || range.sectorBytes === 512
      ? []
      : ['--sector-size', String(range.sectorBytes)]),
    ...(range.readOnly ? ['--read-only'] : []),
    range.disk,
  ]);
  const device = stdout.toString().trim();
  let result: T;
  try {
    result = await use(device);
  } catch (error) {
    // The first error is the one that explains; a second one on the way out would hide it.
    await detach(device, range).catch(() => undefined);
    throw error;
  }
  await detach(device, range);
  return result;
}

async function detach(device: string, range: LoopRange): Promise<void> {
  try {
    if (!range.readOnly) await run(['blockdev', '--flushbufs', device]);
  } finally {
    await detachLoop(device, range.disk);
  }
}
