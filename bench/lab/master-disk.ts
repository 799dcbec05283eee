import { randomFillSync } from 'node:crypto';
import { open } from 'node:fs/promises';
import { blankDisk } from '../../lab/torture/rig/masters.ts';
import { run } from '../../src/command.ts';

const MIB = 1_048_576;
const PIECE = 4096;

/** Bytes before the content and after it: the partition table. */
export const TABLE_BYTES = MIB;

/**
 * A disk with one partition without a filesystem, whose every MiB is a chunk of the image that no other is.
 *
 * @param compressible 1: random bytes; 2: every second 4 KiB are random, the others text that takes no room
 * @returns its size in bytes
 */
export async function masterDisk(path: string, mib: number, compressible: number): Promise<number> {
  const bytes = (mib + 2) * MIB;
  await blankDisk(path, bytes);
  const partition = `start=2048, size=${mib * 2048}, type=da`;
  await run(['sfdisk', '--quiet', path], { input: `label: dos\nlabel-id: 0x00c0ffee\n${partition}\n` });
  const content = Buffer.alloc(MIB, 'All work and no play makes Jack a dull boy. ');
  const file = await open(path, 'r+');
  try {
    for (let at = 0; at < mib; at++) {
      for (let piece = 0; piece < MIB; piece += PIECE * compressible) randomFillSync(content, piece, PIECE);
      await file.write(content, 0, MIB, TABLE_BYTES + at * MIB);
    }
  } finally {
    await file.close();
  }
  return bytes;
}

/** Whether two disks are the same from the end of the partition table on. */
export async function sameContent(one: string, other: string, mib: number): Promise<boolean> {
  const part = ['--ignore-initial', String(TABLE_BYTES), '--bytes', String(mib * MIB)];
  const { status } = await run(['cmp', '--silent', ...part, one, other], { allowStatus: [0, 1] });
  return status === 0;
}
