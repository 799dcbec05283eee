import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MimeoError } from '../../errors.ts';
import { CHUNK_BYTES, ZERO_CHUNK_ID } from '../../image/index.ts';
import { ChunkMemory } from './chunk-memory.ts';
import type { Job, Reply } from './job.ts';
import { type WorkerData, workerBody } from './worker-body.ts';

/** zstd level of stored chunks; 9 gains 7 to 9 % for four times the work. */
const LEVEL = 3;
/** Threads beyond one per core: those that wait for the disk do not compute. */
const WAITING = 2;
/**
 * One more thread is started when so many milliseconds have passed with jobs waiting: starting one costs as much as a
 * dozen chunks, and where chunks come over a network of 100 Mbit/s one thread has little to do.
 */
const WAITED_MS = 100;
/** More do not help any disk there is; each takes about 8 MiB. */
const MOST = 12;

interface Order {
  readonly job: Job;
  readonly done: PromiseWithResolvers<Reply>;
}

interface Hand {
  readonly worker: Worker;
  order: Order | null;
}

/**
 * Threads that read, write, hash, compress and decompress chunks while the one that coordinates them only passes
 * numbers on. They are started as there is work for them.
 */
export class Crew implements AsyncDisposable {
  readonly memory: ChunkMemory;
  readonly #most: number;
  readonly #hands = new Set<Hand>();
  readonly #idle: Hand[] = [];
  readonly #orders: Order[] = [];
  /** Since when there have always been jobs waiting, or since the last thread was started; of the monotonic clock. */
  #waitingSince = 0;
  #failure: Error | null = null;

  /** @param chunks how many chunks may be in its memory */
  constructor(chunks: number, threads = Math.min(MOST, availableParallelism() + WAITING)) {
    this.memory = new ChunkMemory(chunks);
    this.#most = threads;
  }

  /** How many threads there are by now. */
  get threads(): number {
    return this.#hands.size;
  }

  /** Does one job; jobs begin in the order they were given. @throws MimeoError `internal` when a thread ends */
  async perform(job: Job): Promise<Reply> {
    if (this.#failure !== null) throw this.#failure;
    const order: Order = { job, done: Promise.withResolvers<Reply>() };
    if (this.#orders.length === 0) this.#waitingSince = performance.now();
    const hand = this.#idle.pop() ?? this.#hire();
    if (hand === null) this.#orders.push(order);
    else give(hand, order);
    return await order.done.promise;
  }

  /** Ends the threads; no job may be under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new MimeoError('internal', 'The crew has gone home.');
    await Promise.all([...this.#hands].map(({ worker }) => worker.terminate()));
  }

  /** One more thread, or null when there are enough for the work so far. */
  #hire(): Hand | null {
    const now = performance.now();
    if (this.#hands.size > 0 && now - this.#waitingSince < WAITED_MS) return null;
    if (this.#hands.size >= this.#most) return null;
    this.#waitingSince = now;
    const memory = this.memory.buffer;
    const workerData: WorkerData = { memory, level: LEVEL, zeroId: ZERO_CHUNK_ID, chunkBytes: CHUNK_BYTES };
    const worker = new Worker(`(${workerBody.toString()})()`, { eval: true, execArgv: [], workerData });
    const hand: Hand = { worker, order: null };
    this.#hands.add(hand);
    worker.on('message', (reply: Reply) => {
      hand.order?.done.resolve(reply);
      hand.order = null;
      const next = this.#orders.shift();
      if (next === undefined) this.#idle.push(hand);
      else give(hand, next);
    });
    worker.on('error', (cause) =>
      this.#fail(new MimeoError('internal', `A thread failed: ${cause}`, { cause })),
    );
    return hand;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const orders = [...[...this.#hands].map(({ order }) => order), ...this.#orders.splice(0)];
    for (const order of orders) order?.done.reject(error);
  }
}

function give(hand: Hand, order: Order): void {
  hand.order = order;
  hand.worker.postMessage(order.job);
}
