import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ChunkList } from '../image/index.ts';
import { deployDisk } from './deploy-disk.ts';
import { decompressChunk } from './frame.ts';
import type { ChunkSource, Wanted } from './ports.ts';
import { backwards } from './test-support/backwards.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, MIB, patch, scratch } from './test-support/master.ts';
import { type ChunkRecipe, syntheticImage } from './test-support/synthetic-image.ts';

const lives = new AbortController().signal;
const chunks = (...fills: number[]): ChunkRecipe[] => fills.map((fill) => ({ fill, use: 'all' }));

/** Deploys an image of five chunks, of which the first three are two different ones. */
async function deployed(path: string, source: (depot: Depot) => ChunkSource) {
  const depot = new Depot();
  const index = syntheticImage([{ chunks: chunks(1, 2, 1, 0, 3), lastSectors: 100 }], depot);
  await blankFile(path, index.layout.diskBytes);
  // The second place of the first chunk is right already, and the one of the second.
  const start = index.regions[0]?.startByte ?? 0;
  await patch(path, start + MIB, Buffer.alloc(MIB, 2));
  await patch(path, start + 2 * MIB, Buffer.alloc(MIB, 1));
  const saveTable = (): Promise<void> => Promise.resolve();
  const options = { disk: path, index, layout: index.layout, source: source(depot), saveTable };
  const report = await deployDisk({ ...options, signal: lives, verify: true });
  return { depot, index, report, bytes: (await readFile(path)).subarray(start) };
}

test('a chunk is fetched once for all its places, and what the disk holds is read back for others while it may be', async (t) => {
  const wanted: Wanted[] = [];
  const settled: number[] = [];
  const before: boolean[] = [];
  const readBack: (Buffer | null)[] = [];
  const { depot, index, report, bytes } = await deployed(join(await scratch(t), 'disk'), (from) => ({
    ...backwards(from),
    async *arrivals(what) {
      wanted.push(what);
      before.push(...[0, 1, 2].map((number) => what.missing(number)));
      const done = Promise.withResolvers<void>();
      what.onSettled = (number) => {
        settled.push(number);
        if (settled.length === 2) done.resolve();
      };
      readBack.push(await what.readBack(0), await what.readBack(1));
      yield 2;
      yield 0;
      await done.promise;
      readBack.push(await what.readBack(0), await what.readBack(2));
    },
  }));
  assert.deepEqual(before, [true, false, true]);
  const list = ChunkList.of(index);
  assert.deepEqual(depot.fetches, [list.id(2), list.id(0)]);
  assert.deepEqual(new Set(settled), new Set([0, 2]));
  assert.equal(readBack[0], null, 'it is not everywhere yet');
  const [, second, first, last] = readBack;
  for (const [frame, fill, length] of [
    [second, 2, MIB],
    [first, 1, MIB],
    [last, 3, 51_200],
  ] as const) {
    assert.ok(frame, `chunk of ${fill}`);
    assert.deepEqual(await decompressChunk(frame), Buffer.alloc(length, fill));
  }
  assert.equal(await wanted[0]?.readBack(0), null, 'the deploy has gone on');
  assert.ok(bytes.subarray(0, MIB).every((byte) => byte === 1));
  assert.equal(report.reusedBytes, 3 * MIB, 'two places that were right, and a disk of zeros');
});

test('a disk that does not hold any more what it held is not read back', async (t) => {
  const path = join(await scratch(t), 'disk');
  const found: (Buffer | null)[] = [];
  await deployed(path, (from) =>
    backwards(from, (what) => {
      what.onSettled = () => undefined;
    }),
  );
  const source = (depot: Depot): ChunkSource => ({
    ...backwards(depot),
    async *arrivals(what, signal) {
      await patch(path, 63 * 512 + MIB + 4096, Buffer.from('changed meanwhile'));
      found.push(await what.readBack(1));
      yield* backwards(depot).arrivals?.(what, signal) ?? [];
    },
  });
  await assert.doesNotReject(deployed(path, source));
  assert.deepEqual(found, [null]);
});

test('a source that leaves something out is caught', async (t) => {
  const path = join(await scratch(t), 'disk');
  const leaves = (depot: Depot): ChunkSource => ({
    ...backwards(depot),
    async *arrivals() {
      yield 0;
    },
  });
  await assert.rejects(deployed(path, leaves), { code: 'internal', message: /left out 1 chunks/ });
});
