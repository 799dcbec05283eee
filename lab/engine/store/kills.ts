import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BusyStore } from './busy-process.ts';
import { CommitBook } from './commit-book.ts';

/** What was seen over all kills. */
export interface KillCounts {
  kills: number;
  commits: number;
  /** Files that were on their way, or half written, when the process was killed. */
  leftovers: number;
  /** Kills in the middle of a rename. */
  renames: number;
}

/**
 * Kills a process that uses a store, at random instants, and each time lets the store's own code look at what is
 * left: everything that was committed must be there, whole, under one name.
 * @throws Error naming the seed
 */
export async function killStore({ kills }: { kills: number }): Promise<KillCounts> {
  // In memory where there is such a place: a killed process loses nothing that it had handed to the system,
  // so syncing to a disk proves nothing here and only makes the runs slow.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-kills-'));
  const book = new CommitBook();
  const seen: KillCounts = { kills: 0, commits: 0, leftovers: 0, renames: 0 };
  try {
    for (; seen.kills < kills; seen.kills++) {
      const seed = randomInt(2 ** 31);
      const afterMs = randomInt(250);
      seen.commits += await runAndKill(folder, seed, afterMs, book);
      const left = await readdir(folder, { recursive: true });
      seen.leftovers += left.filter((path) => /\.tmp-|incoming\//.test(path)).length;
      if (left.some((path) => path.endsWith('/renaming'))) seen.renames++;
      try {
        await book.check(folder);
      } catch (error) {
        throw new Error(`seed ${seed}, killed after ${afterMs} ms`, { cause: error });
      }
    }
    return seen;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Kills the busy store some time after it started; returns its commits. */
async function runAndKill(folder: string, seed: number, afterMs: number, book: CommitBook): Promise<number> {
  const busy = await BusyStore.start([folder, `${seed}`]);
  await delay(afterMs);
  await busy.kill();
  return book.enter(busy.lines);
}
