import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import { loadSigningKey } from '../../../src/store/index.ts';
import { BusyStore } from './busy-process.ts';
import { CommitBook } from './commit-book.ts';
import { countSaid } from './disk-words.ts';

/**
 * The calls of the system that can fail by themselves. read(2) and write(2) are not among them: Node's event loop
 * uses both for itself and ends the process when they fail; real filesystems fail those (`failing-disk.ts`,
 * `unreadable-disk.ts`).
 */
const CALLS = [
  'posix/io/oc/open',
  'posix/io/sync/fsync',
  'posix/io/dir/rename',
  'posix/io/dir/unlink',
  'posix/io/dir/opendir',
];
const ERRNO = { EIO: 5, ENOSPC: 28 } as const;
const CHUNK_BYTES = 3000;
/** Errors that a store bears before it is killed. */
const ENOUGH = 25;
const LONG_ENOUGH_MS = 1200;

/** What was seen over all rounds. */
export interface FailingCallsCounts {
  rounds: number;
  commits: number;
  readonly said: Map<string, number>;
}

/**
 * A store in use whose process gets errors from the C library (libfiu) at random calls; each time it is killed after
 * some of them, and the store's own code looks at what is left.
 * @throws Error naming the seed
 */
export async function failCalls(rounds: number): Promise<FailingCallsCounts> {
  const counts: FailingCallsCounts = { rounds: 0, commits: 0, said: new Map() };
  const place = await mkdtemp(join(tmpdir(), 'mimeo-calls-'));
  try {
    const book = new CommitBook();
    await loadSigningKey(join(place, 'key.pem'));
    for (; counts.rounds < rounds; counts.rounds++) {
      const seed = randomInt(2 ** 31);
      try {
        const lines = await liveWith(place, seed, counts.rounds);
        counts.commits += book.enter(lines);
        countSaid(counts.said, lines);
        await book.check(place);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    return counts;
  } finally {
    await rm(place, { recursive: true });
  }
}

/** One kind of call often, so that all else goes on; in the last of each turn every kind now and then. */
function faultsOf(round: number): string[] {
  const only = CALLS[round % (CALLS.length + 1)];
  return (only === undefined ? CALLS : [only]).map((name) => {
    const errno = randomInt(2) === 0 ? ERRNO.EIO : ERRNO.ENOSPC;
    const probability = only === undefined ? 0.01 : [0.3, 0.1, 0.02][randomInt(3)];
    return `name=${name},probability=${probability},failinfo=${errno}`;
  });
}

async function liveWith(folder: string, seed: number, round: number): Promise<string[]> {
  const control = join(tmpdir(), `mimeo-fiu-${seed}`);
  const busy = await BusyStore.start([folder, `${seed}`, `${CHUNK_BYTES}`], ['fiu-run', '-x', '-f', control]);
  try {
    const faults = faultsOf(round).flatMap((fault) => ['-c', `enable_random ${fault}`]);
    await run(['fiu-ctrl', '-f', control, ...faults, `${busy.pid}`]);
    await busy.until(
      (lines) => lines.filter((line) => line.startsWith('failed ')).length >= ENOUGH,
      LONG_ENOUGH_MS,
    );
  } finally {
    await busy.kill();
    for (const end of ['in', 'out']) await rm(`${control}-${busy.pid}.${end}`, { force: true });
  }
  return busy.lines;
}
