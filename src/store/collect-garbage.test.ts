import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChunkId, generateSigningKey } from '../image/index.ts';
import { Catalog } from './catalog.ts';
import { ClaimRegistry } from './claims.ts';
import { collectGarbage } from './collect-garbage.ts';
import { MemoryChunks } from './memory-chunks.ts';
import { MemoryIndexes } from './memory-indexes.ts';
import { type SampleChunk, sampleChunks } from './sample-image.ts';
import type { ChunkFacts } from './shelf.ts';

const DAY_MS = 86_400_000;

function ports(): { catalog: Catalog; claims: ClaimRegistry } {
  const catalog = new Catalog({ indexes: new MemoryIndexes(), signingKey: generateSigningKey() });
  return { catalog, claims: new ClaimRegistry() };
}

async function filled<T extends MemoryChunks>(chunks: T, samples: readonly SampleChunk[]): Promise<T> {
  for (const { id, frame } of samples) await chunks.put(id, frame);
  return chunks;
}

async function every(batches: AsyncIterable<ChunkId[]>): Promise<ChunkId[]> {
  const all: ChunkId[] = [];
  for await (const ids of batches) all.push(...ids);
  return all;
}

test('a chunk claimed between the look at its age and its leaving is kept', async () => {
  const { catalog, claims } = ports();
  const claim = claims.open();
  const [a, b] = await sampleChunks(['a', 'b']);
  assert.ok(a && b);
  class ClaimedWhileLooking extends MemoryChunks {
    override async facts(id: string): Promise<ChunkFacts | null> {
      const found = await super.facts(id);
      if (id === a?.id) claim.add(id);
      return found;
    }
  }
  const chunks = await filled(new ClaimedWhileLooking(), [a, b]);
  const now = Date.now() + 60_000;
  const report = await collectGarbage({ chunks, catalog, claims, now, olderThanMs: 0 });
  assert.deepEqual(report.quarantined, { chunks: 1, bytes: b.frame.length });
  assert.deepEqual(await every(chunks.all()), [a.id]);
});

test('a chunk in quarantine that is claimed while others are looked at comes back', async () => {
  const { catalog, claims } = ports();
  const claim = claims.open();
  const samples = await sampleChunks(['a', 'b']);
  const chunks = await filled(new MemoryChunks(), samples);
  for (const { id } of samples) chunks.quarantineNow(id);
  for (const { id } of samples.slice(0, 1)) claim.add(id);
  const now = Date.now() + DAY_MS;
  const report = await collectGarbage({ chunks, catalog, claims, now, olderThanMs: 1000 });
  assert.deepEqual([report.restored, report.chunks], [1, 1]);
  assert.deepEqual(
    await every(chunks.all()),
    samples.slice(0, 1).map(({ id }) => id),
  );
});

test('a clock that was ahead, or is set back, only makes chunks wait for longer', async () => {
  const { catalog, claims } = ports();
  const samples = await sampleChunks(['a']);
  const chunks = await filled(new MemoryChunks(), samples);
  // The chunk came at a time that, after the clock was set back, lies ten days ahead.
  const back = { chunks, catalog, claims, now: Date.now() - 10 * DAY_MS, olderThanMs: DAY_MS };
  assert.equal((await collectGarbage(back)).quarantined.chunks, 0);
  assert.equal((await collectGarbage({ ...back, now: Date.now() + 2 * DAY_MS })).quarantined.chunks, 1);
  assert.equal((await collectGarbage(back)).chunks, 0);
  assert.equal((await collectGarbage({ ...back, now: Date.now() + 2 * DAY_MS })).chunks, 1);
});

test('two runs are what it takes to delete a chunk, whatever its age', async () => {
  const { catalog, claims } = ports();
  const chunks = await filled(new MemoryChunks(), await sampleChunks(['a', 'b', 'c']));
  const late = { chunks, catalog, claims, now: Date.now() + 1000 * DAY_MS, olderThanMs: 0 };
  const first = await collectGarbage(late);
  assert.deepEqual([first.chunks, first.quarantined.chunks, first.waiting.chunks], [0, 3, 3]);
  const dry = await collectGarbage({ ...late, dryRun: true });
  assert.deepEqual([dry.chunks, dry.quarantined.chunks, dry.waiting.chunks], [3, 0, 0]);
  const second = await collectGarbage(late);
  assert.deepEqual(second, dry);
  assert.deepEqual(await chunks.quarantined(), []);
});
