import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { deployDisk } from './deploy-disk.ts';
import { TargetChunks } from './target-chunk.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, patch, scratch } from './test-support/master.ts';
import { syntheticImage } from './test-support/synthetic-image.ts';

const lives = new AbortController().signal;

/** Three partitions of a few chunks, each of a fill of its own. */
function threePartitions(depot: Depot) {
  const region = (fill: number) => ({
    chunks: [1, 2].map((n) => ({ fill: fill + n, use: 'all' as const })),
    lastSectors: 2048,
  });
  return syntheticImage([region(10), region(20), region(30)], depot);
}

test('a partition that stays is neither fetched nor looked at nor written; all others are', async (t) => {
  const depot = new Depot();
  const index = threePartitions(depot);
  const disk = await blankFile(join(await scratch(t), 'disk'), index.layout.diskBytes);
  await patch(disk, 0, randomBytes(index.layout.diskBytes));
  const before = await readFile(disk);
  const report = await deployDisk({
    disk,
    index,
    layout: index.layout,
    keep: new Set([2]),
    source: depot,
    saveTable: () => Promise.resolve(),
    signal: lives,
    verify: true,
  });
  const after = await readFile(disk);
  const [first, second, third] = index.regions;
  assert.ok(first && second && third);
  const end = second.startByte + second.lengthBytes;
  assert.ok(after.subarray(second.startByte, end).equals(before.subarray(second.startByte, end)));
  for (const [region, fill] of [
    [first, 11],
    [third, 31],
  ] as const) {
    assert.ok(after.subarray(region.startByte, region.startByte + 1_048_576).every((byte) => byte === fill));
  }
  assert.deepEqual(
    new Set(depot.fetches),
    new Set([first, third].flatMap(({ chunks }) => [0, 1].map((i) => chunks.id(i)))),
  );
  assert.equal(report.writtenBytes + report.reusedBytes, first.lengthBytes + third.lengthBytes);
});

test('what would be written over a partition that stays is refused', () => {
  const index = threePartitions(new Depot());
  // On this disk the partition that stays begins a sector earlier, where the image's first one ends.
  const layout = {
    ...index.layout,
    partitions: index.layout.partitions.map((one) =>
      one.number === 2 ? { ...one, startByte: one.startByte - 512, lengthBytes: one.lengthBytes + 512 } : one,
    ),
  };
  assert.throws(() => [...new TargetChunks(index, layout, new Set([2])).all()], {
    code: 'index-damaged',
    message: /partition 1 would be written over partition 2, which stays/,
  });
  assert.equal([...new TargetChunks(index, index.layout, new Set([2])).all()].length, 4);
});
