import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { deployDisk } from './deploy-disk.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, MIB, patch, scratch } from './test-support/master.ts';
import { syntheticImage } from './test-support/synthetic-image.ts';

const lives = new AbortController().signal;
const CHUNKS = 112;

test('a short stretch that is right is found wherever it lies, and on a disk with nothing right little is read', async (t) => {
  const depot = new Depot();
  const chunks = Array.from({ length: CHUNKS }, (_, i) => ({ fill: i + 1, use: 'all' as const }));
  const index = syntheticImage([{ chunks, lastSectors: 2048 }], depot);
  const start = index.regions[0]?.startByte ?? 0;
  const disk = await blankFile(join(await scratch(t), 'disk'), index.layout.diskBytes);
  await patch(disk, 0, randomBytes(index.layout.diskBytes));
  // The survey is all that is asked for: nothing is fetched, so nothing is written.
  const stop = new Error('enough');
  depot.answer = () => Promise.reject(stop);
  const surveyed = async (): Promise<{ doneBytes: number; reusedBytes: number }> => {
    let last = { doneBytes: 0, reusedBytes: 0 };
    const deploy = deployDisk({
      disk,
      index,
      layout: index.layout,
      source: depot,
      saveTable: () => Promise.resolve(),
      onProgress: ({ phase, doneBytes, reusedBytes }) => {
        if (phase === 'surveying') last = { doneBytes, reusedBytes };
      },
      signal: lives,
      verify: false,
    });
    await assert.rejects(deploy, stop);
    return last;
  };
  assert.deepEqual(await surveyed(), { doneBytes: 0, reusedBytes: 0 }, 'the whole disk was read for nothing');
  // The first chunks, some in the middle, the last ones.
  for (const at of [4, CHUNKS / 2, CHUNKS - 3]) {
    for (let i = at; i < at + 3; i++) await patch(disk, start + i * MIB, Buffer.alloc(MIB, i + 1));
    const found = { doneBytes: CHUNKS * MIB, reusedBytes: 3 * MIB };
    assert.deepEqual(await surveyed(), found, `three chunks from ${at} on`);
    await patch(disk, start + at * MIB, randomBytes(3 * MIB));
  }
});
