import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../errors.ts';
import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { type FitRequest, fitLayout, neededBytes } from './fit.ts';
import { encodeLayout } from './table/encode-layout.ts';
import { gptLayouts, mbrLayouts } from './table/layout-arbitrary.ts';

const MIB = 1_048_576;
const GIB = 1024 * MIB;

function mbr(...partitions: [number, number, string?][]): DiskLayout {
  return {
    table: 'mbr',
    diskBytes: 100 * GIB,
    sectorBytes: 512,
    diskId: '0000ABCD',
    bootCode: Buffer.alloc(440),
    partitions: partitions.map(
      ([startByte, lengthBytes, type = '07'], i): PartitionLayout => ({
        number: i + 1,
        startByte,
        lengthBytes,
        type,
        active: i === 0,
        gpt: null,
      }),
    ),
  };
}

function target(sizeBytes: number, sectorBytes = 512): FitRequest['target'] {
  return { device: '/dev/sda', sizeBytes, sectorBytes };
}

const ntfs = (...numbers: number[]) =>
  numbers.map((partition) => ({ partition, filesystem: 'ntfs' as const }));

test('the last NTFS partition grows to fill a larger disk, to a whole MiB', () => {
  const layout = mbr([63 * 512, 10 * GIB], [63 * 512 + 10 * GIB, 20 * GIB]);
  const fitted = fitLayout({ layout, regions: ntfs(1, 2), target: target(100 * GIB + 12_345 * 512) });
  assert.equal(fitted.growth?.partition.number, 2);
  assert.equal(fitted.growth.fromBytes, 20 * GIB);
  const last = fitted.layout.partitions[1];
  assert.equal((last?.startByte ?? 0) + (last?.lengthBytes ?? 0), 100 * GIB + 6 * MIB);
  assert.equal(last?.startByte, layout.partitions[1]?.startByte);
  assert.deepEqual(fitted.layout.partitions[0], layout.partitions[0]);
});

test('a recovery partition at the end that is no NTFS stays where it is, and nothing grows', () => {
  const layout = mbr([MIB, 10 * GIB], [MIB + 10 * GIB, GIB]);
  const fitted = fitLayout({ layout, regions: ntfs(1), target: target(100 * GIB) });
  assert.equal(fitted.growth, null);
  assert.deepEqual(fitted.layout.partitions, layout.partitions);
});

test('a recovery partition of Windows never grows, although it is NTFS', () => {
  const layout = mbr([MIB, 10 * GIB], [MIB + 10 * GIB, GIB, '27']);
  assert.equal(fitLayout({ layout, regions: ntfs(1, 2), target: target(100 * GIB) }).growth, null);
});

test('an MBR partition ends where 32 bits of sectors end', () => {
  const fitted = fitLayout({ layout: mbr([MIB, GIB]), regions: ntfs(1), target: target(4096 * GIB) });
  const [only] = fitted.layout.partitions;
  assert.ok(only);
  assert.ok(only.startByte + only.lengthBytes <= 2 ** 32 * 512);
  assert.ok(only.startByte + only.lengthBytes > 2 ** 32 * 512 - 2 * MIB);
  encodeLayout(fitted.layout);
});

test('a logical partition grows together with the extended one around it', () => {
  const layout: DiskLayout = mbr([MIB, GIB], [MIB + GIB, 10 * GIB, '0F']);
  const inner: PartitionLayout = {
    number: 5,
    startByte: 2 * MIB + GIB,
    lengthBytes: 9 * GIB,
    type: '07',
    active: false,
    gpt: null,
  };
  const whole = { ...layout, partitions: [...layout.partitions, inner] };
  const { layout: fitted, growth } = fitLayout({
    layout: whole,
    regions: ntfs(1, 5),
    target: target(50 * GIB),
  });
  assert.equal(growth?.partition.number, 5);
  const ends = fitted.partitions.map((partition) => partition.startByte + partition.lengthBytes);
  assert.deepEqual(ends, [MIB + GIB, 50 * GIB, 50 * GIB]);
});

test('a disk that is too small is refused with both sizes in words', () => {
  const layout = mbr([MIB, 20 * GIB]);
  assert.throws(() => fitLayout({ layout, regions: ntfs(1), target: target(16_008_609_792) }), {
    code: 'disk-too-small',
    message:
      'The image needs a disk of 20.0 GiB (21,475,885,056 bytes), /dev/sda has 14.9 GiB (16,008,609,792 bytes).',
  });
});

test('a smaller disk than the master is no obstacle when the partitions fit', () => {
  const layout = mbr([MIB, 20 * GIB]);
  const fitted = fitLayout({ layout, regions: [], target: target(neededBytes(layout)) });
  assert.equal(fitted.layout.diskBytes, neededBytes(layout));
  assert.throws(() => fitLayout({ layout, regions: [], target: target(neededBytes(layout) - 512) }), {
    code: 'disk-too-small',
  });
});

test('a GPT needs room for its second copy behind the last partition', () => {
  const only = mbr([MIB, GIB]).partitions.map((partition) => ({
    ...partition,
    gpt: { id: '', name: '', attributes: '' },
  }));
  const layout: DiskLayout = { ...mbr(), table: 'gpt', partitions: only };
  assert.equal(neededBytes(layout), MIB + GIB + 33 * 512);
  assert.equal(neededBytes({ ...layout, sectorBytes: 4096 }), MIB + GIB + 5 * 4096);
});

test('another sector size is refused', () => {
  assert.throws(() => fitLayout({ layout: mbr([MIB, GIB]), regions: [], target: target(100 * GIB, 4096) }), {
    code: 'sector-size-differs',
  });
});

test('whatever fits can be written as a table, overlaps nothing and keeps all starts', () => {
  fc.assert(
    fc.property(
      fc.oneof(gptLayouts, mbrLayouts),
      fc.nat(3_000_000_000),
      fc.constantFrom('ntfs' as const, 'ext' as const),
      (layout, sectors, filesystem) => {
        const sizeBytes = sectors * layout.sectorBytes;
        const regions = layout.partitions.map(({ number }) => ({ partition: number, filesystem }));
        let fitted: ReturnType<typeof fitLayout>;
        try {
          fitted = fitLayout({ layout, regions, target: target(sizeBytes, layout.sectorBytes) });
        } catch (error) {
          assert.ok(error instanceof MimeoError && error.code === 'disk-too-small');
          assert.ok(neededBytes(layout) > sizeBytes);
          return;
        }
        encodeLayout(fitted.layout);
        assert.ok(neededBytes(fitted.layout) <= sizeBytes);
        assert.deepEqual(
          fitted.layout.partitions.map(({ startByte }) => startByte),
          layout.partitions.map(({ startByte }) => startByte),
        );
        if (filesystem !== 'ntfs') assert.equal(fitted.growth, null);
      },
    ),
  );
});
