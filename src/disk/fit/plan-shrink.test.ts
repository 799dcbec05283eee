import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, MIB } from './fit-types.ts';
import { planFit } from './plan-fit.ts';
import { planShrink } from './plan-shrink.ts';
import { BASIC, EFI, GIB, imageOf, LINUX, RECOVERY, SWAP } from './test-support/images.ts';

const windows = imageOf('gpt', [
  { start: MIB, length: 100 * MIB, type: EFI, filesystem: 'fat', used: 30 * MIB },
  { start: 101 * MIB, length: 200 * GIB, label: 'Windows', used: 40 * GIB },
  { start: 101 * MIB + 200 * GIB, length: 600 * MIB, type: RECOVERY, used: 500 * MIB },
]);

test('the partition with the most room becomes smaller, what is behind it moves forward', () => {
  const diskBytes = 64e9;
  const plan = planShrink(windows, diskBytes);
  const [shrink] = plan.shrinks;
  assert.deepEqual([plan.shrinks.length, shrink?.partition.number, shrink?.filesystem], [1, 2, 'ntfs']);
  const [, system, recovery] = plan.layout.partitions;
  assert.equal(system?.lengthBytes, shrink?.toBytes);
  assert.equal(system && endOf(system), recovery?.startByte);
  assert.ok(recovery && endOf(recovery) <= diskBytes - 33 * 512 && endOf(recovery) > diskBytes - 2 * MIB);
  assert.deepEqual(plan.words, [
    'partition 2 (Windows, NTFS) shrinks from 214.7 GB to 63.3 GB',
    'partition 3 (recovery, NTFS) moves forward',
  ]);
});

test('the smaller image fits the disk as it is', () => {
  const diskBytes = 64e9;
  const { layout } = planShrink(windows, diskBytes);
  const regions = windows.regions.map((region) => {
    const place = layout.partitions.find(({ number }) => number === region.partition);
    return place ? { ...region, startByte: place.startByte, lengthBytes: place.lengthBytes } : region;
  });
  const target = { device: '/dev/sda', sizeBytes: diskBytes, sectorBytes: 512 };
  assert.deepEqual(planFit({ image: { layout, regions }, target }).layout, layout);
});

test('several partitions become smaller where one is not enough', () => {
  const image = imageOf('gpt', [
    { start: MIB, length: 50 * GIB, type: LINUX, filesystem: 'ext', used: 10 * GIB },
    { start: MIB + 50 * GIB, length: 40 * GIB, type: BASIC, used: 10 * GIB },
    { start: MIB + 90 * GIB, length: 2 * GIB, type: SWAP, filesystem: 'swap' },
  ]);
  const plan = planShrink(image, 32 * GIB);
  assert.deepEqual(
    plan.shrinks.map(({ partition, filesystem }) => [partition.number, filesystem]),
    [
      [1, 'ext'],
      [2, 'ntfs'],
    ],
  );
  const last = plan.layout.partitions[2];
  assert.ok(last && endOf(last) <= 32 * GIB);
});

test('nothing is made smaller where the partitions fit', () => {
  assert.deepEqual(planShrink(windows, 300e9).shrinks, []);
});

test('files that do not fit are refused with numbers', () => {
  assert.throws(() => planShrink(windows, 32e9), {
    code: 'disk-too-small',
    message:
      'Partition 2 (Windows, NTFS) holds 42.9 GB and needs 45.1 GB; a disk of 32.0 GB leaves 31.3 GB for it.',
  });
});

test('a filesystem that cannot be made smaller is named', () => {
  const image = imageOf('gpt', [{ start: MIB, length: 50 * GIB, type: LINUX, filesystem: 'xfs', used: GIB }]);
  assert.throws(() => planShrink(image, 32e9), {
    code: 'disk-too-small',
    message: /^Partition 1 \(XFS\) holds 1\.1 GB and needs 53\.7 GB \(this cannot be made smaller\)/,
  });
});

test('on an MBR disk a volume behind is not moved forward: it is made smaller itself or nothing is', () => {
  const parts = (used: number) =>
    imageOf('mbr', [
      { start: MIB, length: 50 * GIB, used: 10 * GIB, active: true },
      { start: MIB + 50 * GIB, length: 40 * GIB, used },
    ]);
  const plan = planShrink(parts(5 * GIB), 64 * GIB);
  assert.deepEqual(
    plan.shrinks.map(({ partition }) => partition.number),
    [2],
  );
  assert.throws(() => planShrink(parts(20 * GIB), 64 * GIB), {
    code: 'disk-too-small',
    message: /must stay where it is/,
  });
});

test('a logical partition shrinks with its container', () => {
  const image = imageOf('mbr', [
    { start: MIB, length: 10 * GIB, used: 9 * GIB, active: true },
    { start: MIB + 10 * GIB, length: 40 * GIB, type: '0F' },
    { start: 2 * MIB + 10 * GIB, length: 40 * GIB - MIB, used: 5 * GIB, number: 5 },
  ]);
  const plan = planShrink(image, 32 * GIB);
  assert.deepEqual(
    plan.shrinks.map(({ partition }) => partition.number),
    [5],
  );
  const [, container, logical] = plan.layout.partitions;
  assert.ok(container && logical && endOf(container) >= endOf(logical) && endOf(container) <= 32 * GIB);
});

test('neither recovery partitions shrink, nor a logical one before a volume that must stay', () => {
  const recovery = imageOf('gpt', [
    { start: MIB, length: 10 * GIB, used: 8 * GIB },
    { start: MIB + 10 * GIB, length: 40 * GIB, type: RECOVERY, used: GIB },
  ]);
  assert.throws(() => planShrink(recovery, 40 * GIB), { code: 'disk-too-small' });
  const logical = imageOf('mbr', [
    { start: MIB, length: 50 * GIB, type: '0F' },
    { start: 2 * MIB, length: 40 * GIB, used: GIB, number: 5 },
    { start: 3 * MIB + 40 * GIB, length: 9 * GIB, used: 9 * GIB, number: 6 },
  ]);
  assert.throws(() => planShrink(logical, 40 * GIB), {
    code: 'disk-too-small',
    message: /must stay where it is/,
  });
});
