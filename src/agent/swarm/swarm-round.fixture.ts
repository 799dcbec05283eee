import assert from 'node:assert/strict';
import { systemClock } from '../../clock.ts';
import { CHUNK_BYTES, ChunkList, ChunkTableBuilder, chunkIdOf, fullMask } from '../../image/index.ts';
import type { ExchangeReply, ExchangeRequest } from '../../protocol/index.ts';
import type { Wanted } from '../../transfer/index.ts';
import type { RoundParts } from './round-parts.ts';
import type { SwarmRound } from './swarm-round.ts';

export const lives = new AbortController().signal;
export const COUNT = 40;

/** A disk that needs every chunk but the first three. */
export function wantedOf(): Wanted {
  const builder = new ChunkTableBuilder();
  for (let i = 0; i < COUNT; i++) builder.append(chunkIdOf(Buffer.from(`${i}`)), fullMask(), 9);
  const bootCode = new Uint8Array(440);
  const list = ChunkList.of({
    layout: { table: 'mbr', diskBytes: 0, sectorBytes: 512, diskId: '', bootCode, partitions: [] },
    regions: [
      {
        ...{ kind: 'partition', partition: 1, filesystem: 'raw', label: '', startByte: 0 },
        lengthBytes: COUNT * CHUNK_BYTES,
        chunks: builder.build(),
      },
    ],
  });
  return { list, missing: (chunk) => chunk > 2, onSettled: null, readBack: () => Promise.resolve(null) };
}

/** The server's side: gives out what nobody has, last first, and keeps what it is told. */
export class Desk {
  readonly requests: ExchangeRequest[] = [];
  readonly joins: string[] = [];
  readonly done = new Set<number>();
  given = new Set<number>();
  /** Answers instead, when it gives anything. */
  mishap: (request: ExchangeRequest) => ExchangeReply | null = () => null;

  exchange(request: ExchangeRequest): ExchangeReply {
    this.requests.push(request);
    for (const { chunk } of request.done) this.done.add(chunk);
    const mishap = this.mishap(request);
    if (mishap !== null) return mishap;
    const assignments = [];
    for (let chunk = COUNT - 1; chunk > 2 && assignments.length < request.room; chunk--) {
      if (this.given.has(chunk) || this.done.has(chunk)) continue;
      this.given.add(chunk);
      assignments.push({ chunk, sources: ['h-2'] });
    }
    return { kind: 'known', assignments, peers: {}, paceMs: 0, heldMs: 0, needed: true };
  }
}

export function partsFor(
  desk: Desk,
  over: Partial<RoundParts> = {},
): RoundParts & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    join: async ({ held }) => void desk.joins.push(held),
    exchange: async (request) => desk.exchange(request),
    fetchFrom: async ({ chunk, sources }) => ({
      ...{ frame: Buffer.from(`frame ${chunk}`), from: sources[0] ?? null, ms: 3, failed: [] },
    }),
    onSettled: () => undefined,
    hostRate: () => null,
    clock: systemClock,
    log: (line) => lines.push(line),
    ...over,
  };
}

/** Takes every chunk as a deploy does, and settles it. */
export async function takeAll(round: SwarmRound, wanted: Wanted): Promise<number[]> {
  const taken: number[] = [];
  for await (const chunk of round.numbers(lives)) {
    assert.ok(round.inHand(chunk), 'a chunk that is given is in hand');
    taken.push(chunk);
    wanted.onSettled?.(chunk);
  }
  return taken;
}

export const inOrder = Array.from({ length: COUNT - 3 }, (_, i) => i + 3);
export const sorted = (chunks: Iterable<number>): number[] => [...chunks].toSorted((a, b) => a - b);

/** Waits for what is told after the last chunk. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await systemClock.delay(2);
  assert.ok(holds(), 'in time');
}
