import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import type { DiskImage } from '../../image/index.ts';
import { encodeLayout } from '../table/encode-layout.ts';
import { endOf, type FitTarget, MIB } from './fit-types.ts';
import { planFit } from './plan-fit.ts';
import { neededBytes } from './refuse-unfit.ts';
import { BASIC, EFI, GIB, imageOf, LINUX, RECOVERY, RESERVED, SWAP } from './test-support/images.ts';

function target(sizeBytes: number, sectorBytes = 512): FitTarget {
  return { device: '/dev/sda', sizeBytes, sectorBytes };
}

/** Start and end of each partition, in MiB. */
function places(plan: ReturnType<typeof planFit>): Record<number, [number, number]> {
  return Object.fromEntries(
    plan.layout.partitions.map((one) => [one.number, [one.startByte / MIB, endOf(one) / MIB]]),
  );
}

const windows11 = imageOf('gpt', [
  { start: MIB, length: 100 * MIB, type: EFI, filesystem: 'fat', used: 30 * MIB },
  { start: 101 * MIB, length: 16 * MIB, type: RESERVED, filesystem: 'raw' },
  { start: 117 * MIB, length: 50 * GIB, label: 'Windows', used: 20 * GIB },
  { start: 117 * MIB + 50 * GIB, length: 600 * MIB, type: RECOVERY, used: 500 * MIB },
]);

test('Windows grows into a larger disk, its recovery partition moves to the end', () => {
  const plan = planFit({ image: windows11, target: target(100 * GIB) });
  assert.deepEqual(places(plan), {
    1: [1, 101],
    2: [101, 117],
    3: [117, 100 * 1024 - 601],
    4: [100 * 1024 - 601, 100 * 1024 - 1],
  });
  assert.equal(plan.growth?.partition.number, 3);
  assert.deepEqual(plan.words, [
    'partition 3 (Windows, NTFS) grows from 53.7 GB to 106.6 GB',
    'partition 4 (recovery, NTFS) moves to the end',
  ]);
  assert.match(plan.warnings.join(), /Recovery partition 4 moves: Windows still starts it\. .*reagentc/);
  const [before, after] = [windows11.layout.partitions[3], plan.layout.partitions[3]];
  assert.deepEqual(after, { ...before, startByte: after?.startByte }, 'id, name, type and attributes stay');
  encodeLayout(plan.layout);
});

test('on a disk of the master’s own size, or a maker’s idea of it, the layout stays as it is', () => {
  const image = { ...windows11, layout: { ...windows11.layout, diskBytes: 100 * GIB } };
  for (const more of [0, 5 * MIB, -MIB]) {
    const plan = planFit({ image, target: target(100 * GIB + more) });
    assert.deepEqual(plan.layout.partitions, image.layout.partitions);
    assert.deepEqual([plan.growth, plan.words], [null, []]);
  }
  assert.equal(planFit({ image, target: target(100 * GIB + 8 * MIB) }).growth?.partition.number, 3);
});

test('what nobody wants to grow stays as it is', () => {
  const plan = planFit({ image: windows11, target: target(100 * GIB), grow: 'none' });
  assert.deepEqual(plan.layout.partitions, windows11.layout.partitions);
  assert.deepEqual([plan.growth, plan.words], [null, []]);
});

test('the partition with the most data grows; the one behind it moves', () => {
  const image = imageOf('gpt', [
    { start: MIB, length: 100 * MIB, type: EFI, filesystem: 'fat' },
    { start: 101 * MIB, length: 30 * GIB, type: LINUX, filesystem: 'ext', used: 9 * GIB },
    { start: 101 * MIB + 30 * GIB, length: 10 * GIB, type: LINUX, filesystem: 'xfs', used: GIB },
    { start: 101 * MIB + 40 * GIB, length: 4 * GIB, type: SWAP, filesystem: 'swap' },
  ]);
  const plan = planFit({ image, target: target(64 * GIB) });
  assert.equal(plan.growth?.partition.number, 2);
  assert.equal(plan.growth.filesystem, 'ext');
  assert.deepEqual(plan.words, [
    'partition 2 (ext) grows from 32.2 GB to 53.6 GB',
    'partition 3 (XFS) moves back',
    'partition 4 (swap) moves to the end',
  ]);
});

test('on an MBR disk a Windows volume never moves, so the last one grows', () => {
  const image = imageOf('mbr', [
    { start: 63 * 512, length: 10 * GIB, used: 9 * GIB, active: true },
    { start: 63 * 512 + 10 * GIB, length: 20 * GIB, used: GIB },
  ]);
  const plan = planFit({ image, target: target(100 * GIB + 12_345 * 512) });
  assert.equal(plan.growth?.partition.number, 2);
  assert.deepEqual(plan.layout.partitions[0], image.layout.partitions[0]);
  const last = plan.layout.partitions[1];
  assert.equal(last && endOf(last), 100 * GIB + 6 * MIB, 'to a whole MiB');
});

test('on an MBR disk a recovery partition moves, and it is said what Windows needs then', () => {
  const image = imageOf('mbr', [
    { start: MIB, length: 100 * MIB, active: true },
    { start: 101 * MIB, length: 20 * GIB, used: 9 * GIB },
    { start: 101 * MIB + 20 * GIB, length: GIB, type: '27' },
  ]);
  const plan = planFit({ image, target: target(50 * GIB) });
  assert.equal(plan.growth?.partition.number, 2);
  assert.match(
    plan.warnings.join(),
    /Recovery partition 3 moves: Windows starts as before, but does not find/,
  );
});

test('a makers recovery partition among basic data never grows', () => {
  const image = imageOf('gpt', [
    { start: MIB, length: 10 * GIB, used: GIB },
    { start: MIB + 10 * GIB, length: 9 * GIB, used: 8 * GIB, attributes: '8000000000000001', type: BASIC },
  ]);
  assert.equal(planFit({ image, target: target(100 * GIB) }).growth?.partition.number, 1);
});

test('an EFI partition stays where firmware entries say it is, so nothing before it grows', () => {
  const image = imageOf('gpt', [
    { start: MIB, length: 10 * GIB, used: 9 * GIB },
    { start: MIB + 10 * GIB, length: 100 * MIB, type: EFI, filesystem: 'fat' },
    { start: 101 * MIB + 10 * GIB, length: 5 * GIB, used: GIB },
  ]);
  const plan = planFit({ image, target: target(100 * GIB) });
  assert.equal(plan.growth?.partition.number, 3);
  assert.equal(plan.layout.partitions[1]?.startByte, MIB + 10 * GIB);
});

test('an MBR partition ends where 32 bits of sectors end, and it is said', () => {
  const image = imageOf('mbr', [{ start: MIB, length: GIB }]);
  const plan = planFit({ image, target: target(4096 * GIB) });
  const [only] = plan.layout.partitions;
  assert.ok(only && endOf(only) <= 2 ** 32 * 512 && endOf(only) > 2 ** 32 * 512 - 2 * MIB);
  assert.deepEqual(plan.warnings, [
    '/dev/sda has 4398.0 GB, of which a disk with an MBR table can use 2199.0 GB.',
  ]);
  encodeLayout(plan.layout);
});

const debian: DiskImage = imageOf('mbr', [
  { start: MIB, length: 20 * GIB, type: '83', filesystem: 'ext', used: 4 * GIB, active: true },
  { start: 20 * GIB + 2 * MIB, length: GIB, type: '05' },
  { start: 20 * GIB + 3 * MIB, length: GIB - MIB, type: '82', filesystem: 'swap', number: 5 },
]);

test('a container moves with its logical partitions', () => {
  const plan = planFit({ image: debian, target: target(50 * GIB) });
  assert.deepEqual(places(plan), {
    1: [1, 49 * 1024 - 1],
    2: [49 * 1024, 50 * 1024],
    5: [49 * 1024 + 1, 50 * 1024],
  });
  encodeLayout(plan.layout);
});

test('a logical partition grows together with the extended one around it', () => {
  const image = imageOf('mbr', [
    { start: MIB, length: GIB, active: true },
    { start: MIB + GIB, length: 10 * GIB, type: '0F' },
    { start: 2 * MIB + GIB, length: 5 * GIB, type: '83', filesystem: 'ext', used: 3 * GIB, number: 5 },
    { start: 3 * MIB + 6 * GIB, length: 5 * GIB - 3 * MIB, type: '82', filesystem: 'swap', number: 6 },
  ]);
  const plan = planFit({ image, target: target(50 * GIB) });
  assert.equal(plan.growth?.partition.number, 5);
  const ends = plan.layout.partitions.map((one) => endOf(one) / MIB);
  assert.deepEqual(ends, [1025, 50 * 1024, 45 * 1024 + 1, 50 * 1024 - 1]);
  encodeLayout(plan.layout);
});

test('a smaller disk is no obstacle when only empty room is missing', () => {
  const image = imageOf('mbr', [{ start: MIB, length: 20 * GIB }]);
  const plan = planFit({ image, target: target(neededBytes(image.layout)) });
  assert.equal(plan.layout.diskBytes, neededBytes(image.layout));
  const room = planFit({ image: debian, target: target(21 * GIB + 2 * MIB - 512 * 3), grow: 'none' });
  assert.deepEqual(
    places(room)[5],
    [20 * 1024 + 2, 21 * 1024 + 1],
    'the gap before the container is given up',
  );
});

test('partitions move together where the gaps between them are what is missing', () => {
  const image = imageOf('gpt', [
    { start: MIB, length: GIB, used: MIB },
    { start: 30 * GIB, length: GIB, used: MIB },
  ]);
  const plan = planFit({ image, target: target(4 * GIB) });
  assert.deepEqual(plan.layout.partitions[1]?.startByte, GIB + MIB);
  assert.match(plan.words.join(), /partition 2 \(NTFS\) moves forward/);
});

test('a disk that is too small is refused with what would help', () => {
  assert.throws(
    () => planFit({ image: windows11, target: target(32 * GIB), name: 'win11' }),
    (error) => {
      assert.ok(error instanceof MimeoError && error.code === 'disk-too-small');
      assert.match(
        error.message,
        /needs a disk of 50\.7 GiB .*Its files would fit: partition 3 \(Windows, NTFS\)/,
      );
      assert.equal(
        error.next,
        'Make an image for such disks: `mimeo image shrink win11 --to 32768MiB --as NEWNAME`; then deploy that.',
      );
      return true;
    },
  );
  assert.throws(() => planFit({ image: windows11, target: target(16e9) }), {
    code: 'disk-too-small',
    message:
      /Partition 3 \(Windows, NTFS\) holds 21\.5 GB and needs 22\.6 GB; a disk of 16\.0 GB leaves 15\.2 GB for it\.$/,
  });
});

test('another sector size is refused with the reason', () => {
  assert.throws(() => planFit({ image: windows11, target: target(100 * GIB, 4096) }), {
    code: 'sector-size-differs',
    message: /sectors of 512 bytes \(512n or 512e\), \/dev\/sda has sectors of 4096 bytes \(4Kn\)/,
  });
});

test('a GPT needs room for its second copy behind the last partition', () => {
  const image = imageOf('gpt', [{ start: MIB, length: GIB }]);
  assert.equal(neededBytes(image.layout), MIB + GIB + 33 * 512);
  assert.equal(neededBytes({ ...image.layout, sectorBytes: 4096 }), MIB + GIB + 5 * 4096);
});
