import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoreTest } from './contract.ts';
import type { CaptureSession, ImageStore } from './port.ts';
import { type SampleChunk, sampleChunks, sampleImage } from './sample-image.ts';

const chunkNumber = fc.nat(11);
const name = fc.constantFrom('xp', 'debian');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('capture' as const),
      name,
      chunks: fc.array(chunkNumber, { minLength: 1, maxLength: 5 }),
      giveUp: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('commit' as const), name, chunk: chunkNumber }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('collect' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('remove' as const), atMost: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pin' as const), name }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Captures, removals, pins and garbage collections at the same time never cost an image a chunk. */
export function contractOfInterleavings(storeTest: StoreTest): void {
  storeTest('whatever runs at the same time, every committed image stays whole', async ({ store }) => {
    const chunks = await sampleChunks(Array.from({ length: 12 }, (_, i) => i));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        round++;
        const pins = await Promise.all(steps.map((one, i) => perform(store, chunks, one, `${round}.${i}`)));
        await checkWhole(store);
        for (const release of pins) release();
        // Nothing is claimed any more: what is left is exactly what the images use.
        await store.collectGarbage({ olderThanMs: -60_000 });
        await store.collectGarbage({ olderThanMs: -60_000 });
        const used = await checkWhole(store);
        const absent = await store.missing(chunks.map(({ id }) => id));
        assert.deepEqual(
          chunks.map(({ id }) => id).filter((id) => !used.has(id)),
          absent,
        );
        for (const { name, version } of await store.list()) await store.remove(name, version);
      }),
      { numRuns: 15 },
    );
  });
}

/** One step; a pin is released by what it returns, after checking that its chunks are still there. */
async function perform(
  store: ImageStore,
  chunks: readonly SampleChunk[],
  one: Step,
  mark: string,
): Promise<() => void> {
  switch (one.do) {
    case 'capture': {
      const wanted = one.chunks.flatMap((i) => chunks[i] ?? []);
      await capture(store.beginCapture(), wanted, one.name, one.giveUp, mark);
      break;
    }
    case 'commit': {
      // Without a session the chunk may be collected before the commit, which must then refuse.
      const { id, frame } = chunks[one.chunk] ?? assert.fail();
      await store.putChunk(id, frame);
      await store.commit(sampleImage(one.name, [id], mark)).catch(unlessMissing);
      break;
    }
    case 'collect':
      await store.collectGarbage({ olderThanMs: -60_000 });
      break;
    case 'remove':
      for (const { name, version } of (await store.list()).slice(0, one.atMost)) {
        await store.remove(name, version).catch(unlessMissing);
      }
      break;
    case 'pin': {
      const pin = await store.pin(one.name).catch(unlessMissing);
      if (!pin) return () => undefined;
      const ids = pin.index.regions.map(({ chunks }) => chunks.id(0));
      await store.collectGarbage({ olderThanMs: -60_000 });
      assert.deepEqual(await store.missing(ids.filter((id) => typeof id === 'string')), []);
      return pin.release;
    }
  }
  return () => undefined;
}

async function capture(
  session: CaptureSession,
  chunks: readonly SampleChunk[],
  name: string,
  giveUp: boolean,
  mark: string,
): Promise<void> {
  const ids = chunks.map(({ id }) => id);
  const wanted = new Set(await session.missing(ids));
  await Promise.all(
    chunks.filter(({ id }) => wanted.has(id)).map(({ id, frame }) => session.putChunk(id, frame)),
  );
  if (giveUp) await session.abandon();
  else await session.commit(sampleImage(name, ids, mark));
}

function unlessMissing(error: unknown): void {
  if (error instanceof Error && 'code' in error && /^(image|chunk)-missing$/.test(`${error.code}`)) return;
  throw error;
}

/** Every chunk of every listed image is there and good; returns their ids. */
export async function checkWhole(store: ImageStore): Promise<Set<string>> {
  const used = new Set<string>();
  for (const { name, version } of await store.list()) {
    const { index } = await store.readIndex(name, version);
    for (const { chunks } of index.regions) {
      for (let i = 0; i < chunks.count; i++) {
        const id = chunks.id(i);
        if (id === null) continue;
        used.add(id);
        assert.equal(await store.recheck(id), 'good', `${name}@${version} chunk ${i}`);
      }
    }
  }
  return used;
}
