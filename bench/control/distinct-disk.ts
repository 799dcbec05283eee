import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { blankDisk } from '../../lab/torture/rig/masters.ts';
import { run } from '../../src/command.ts';

const MIB = 1_048_576;
const SECTORS = MIB / 512;

/**
 * A disk with one partition of `chunks` MiB, of which no two are the same: a few random bytes in each, and holes
 * for the rest, so that thousands of chunks take no room and little time.
 *
 * @returns its size in bytes
 */
export async function distinctDisk(path: string, chunks: number): Promise<number> {
  const bytes = (chunks + 2) * MIB;
  await blankDisk(path, bytes);
  await run(['sfdisk', '--quiet', path], {
    input: `label: dos\nlabel-id: 0x00c0ffee\nstart=${SECTORS}, size=${chunks * SECTORS}, type=da\n`,
  });
  const file = await open(path, 'r+');
  try {
    for (let i = 1; i <= chunks; i++) await file.write(randomBytes(32), 0, 32, i * MIB);
  } finally {
    await file.close();
  }
  return bytes;
}
