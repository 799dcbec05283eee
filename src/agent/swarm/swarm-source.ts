import type { ChunkId } from '../../image/index.ts';
import type { ChunkSource, Wanted } from '../../transfer/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import type { Arrived } from './ledger.ts';
import type { SwarmRound } from './swarm-round.ts';

export interface SwarmSourceParts {
  readonly link: Pick<ServerLink, 'fetchChunk' | 'reportBadChunk'>;
  readonly taskId: string;
  /** Begins to take part with what the disk holds. */
  readonly begin: (wanted: Wanted) => Promise<SwarmRound>;
  /** Of the task. */
  readonly signal: AbortSignal;
}

/** Chunks from whoever has them first: neighbours, or the server. */
export class SwarmSource implements ChunkSource {
  readonly #parts: SwarmSourceParts;
  #wanted: Wanted | null = null;
  #round: SwarmRound | null = null;

  constructor(parts: SwarmSourceParts) {
    this.#parts = parts;
  }

  async *arrivals(wanted: Wanted, signal: AbortSignal): AsyncGenerator<number> {
    this.#wanted = wanted;
    this.#round = await this.#parts.begin(wanted);
    yield* this.#round.numbers(signal);
  }

  /** What has just arrived; anything else, and what came wrong before, from the server. */
  async fetch(id: ChunkId, signal: AbortSignal): Promise<Buffer> {
    const chunk = this.#numberOf(id);
    const arrived = this.#round?.inHand(chunk);
    if (arrived && !this.#wrong.has(arrived)) return arrived.frame;
    const { link, taskId } = this.#parts;
    const from = performance.now();
    const frame = await link.fetchChunk(taskId, id, signal);
    if (arrived) this.#round?.replace(chunk, { frame, from: null, ms: performance.now() - from });
    return frame;
  }

  readonly #wrong = new WeakSet<Arrived>();

  async reportBad(id: ChunkId, words: string): Promise<void> {
    const { link, taskId, signal } = this.#parts;
    const arrived = this.#round?.wrong(this.#numberOf(id)) ?? null;
    if (arrived !== null) this.#wrong.add(arrived);
    // Of a neighbour's chunk the scheduler hears; the server looks at its own only when it was the one who sent it.
    if (arrived === null || arrived.from === null) await link.reportBadChunk(taskId, id, words, signal);
  }

  #numberOf(id: ChunkId): number {
    return this.#wanted?.list.numberOf(id) ?? -1;
  }
}
