import { availableParallelism } from 'node:os';

/** Threads beyond one per core: those that wait for a disk do not compute. */
const WAITING = 4;

/**
 * Gives libuv's pool, which hashes, compresses, reads and writes, a thread for every core and some that wait
 * for disks; by itself it has four. Only the first use of the pool counts, so a program calls this before all
 * else. A size that is set from outside stays.
 */
export function widenThreadPool(env: NodeJS.ProcessEnv = process.env): void {
  env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism() + WAITING);
}
