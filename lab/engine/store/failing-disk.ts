import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSigningKey } from '../../../src/store/index.ts';
import { BusyStore } from './busy-process.ts';
import { CommitBook } from './commit-book.ts';
import { countSaid } from './disk-words.ts';
import { LoopDisk, type LoopFilesystem } from './loop-disk.ts';

/** What was seen over all rounds. */
export interface FailingDiskCounts {
  rounds: number;
  commits: number;
  /** What the store said, and how often: `store-failed` and the like. */
  readonly said: Map<string, number>;
}

const SIZE_MIB: Readonly<Record<LoopFilesystem, number>> = { ext4: 96, xfs: 320, btrfs: 128 };
const CHUNK_BYTES = 30_000;
/** Errors that a store bears before it is killed; more bring nothing new. */
const ENOUGH = 12;
/** The first error comes when enough was written, which a busy machine takes its time for. */
const FIRST_MS = 10_000;
/** After it nothing new may be asked of the disk. */
const LONG_ENOUGH_MS = 1500;

/**
 * A store in use on a real filesystem whose disk begins to fail while it is written: each time the process is killed
 * on the failing disk, the disk made to work and mounted anew, so that only what had really reached it is there, and
 * the store's own code looks at what is left.
 * @throws Error naming the filesystem and the seed
 */
export async function failDisk(filesystem: LoopFilesystem, rounds: number): Promise<FailingDiskCounts> {
  const counts: FailingDiskCounts = { rounds: 0, commits: 0, said: new Map() };
  const disk = await LoopDisk.make(filesystem, SIZE_MIB[filesystem]);
  try {
    const folder = join(disk.folder, 'store');
    const book = new CommitBook();
    await mkdir(folder);
    // Now, while the disk works.
    await loadSigningKey(join(folder, 'key.pem'));
    for (; counts.rounds < rounds; counts.rounds++) {
      const seed = randomInt(2 ** 31);
      const bytes = randomInt(3 * 1_048_576);
      try {
        const lines = await liveWith(disk, folder, seed, bytes);
        counts.commits += book.enter(lines);
        countSaid(counts.said, lines);
        await book.check(folder);
      } catch (error) {
        throw new Error(`${filesystem}, seed ${seed}, failing after ${bytes} bytes`, { cause: error });
      }
    }
    return counts;
  } finally {
    await disk.remove();
  }
}

async function liveWith(disk: LoopDisk, folder: string, seed: number, bytes: number): Promise<string[]> {
  const busy = await BusyStore.start([folder, `${seed}`, `${CHUNK_BYTES}`]);
  try {
    await disk.failAfter(bytes);
    const failures = (lines: readonly string[]): number =>
      lines.filter((line) => line.startsWith('failed ')).length;
    await busy.until((lines) => failures(lines) > 0, FIRST_MS);
    await busy.until((lines) => failures(lines) >= ENOUGH, LONG_ENOUGH_MS);
  } finally {
    await busy.kill();
  }
  await disk.work();
  await disk.remount();
  return busy.lines;
}
