import fc from 'fast-check';
import type { DiskLayout, PartitionLayout } from '../../image/index.ts';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .bigInt({ min: 0n, max: 16n ** BigInt(digits) - 1n })
    .map((n) => n.toString(16).padStart(digits, '0').toUpperCase());

const guid: fc.Arbitrary<string> = fc
  .tuple(hex(8), hex(4), hex(4), hex(4), hex(12))
  .map((parts) => parts.join('-'))
  .filter((text) => !text.startsWith('00000000-0000-0000'));

const mbrType = fc.constantFrom('07', '0C', '83', '27', 'EF', '82', '12');

/** Ascending pairs of sectors: starts and ends of `count` partitions within a window of the disk. */
function extents(count: number, from: number, to: number): fc.Arbitrary<{ start: number; end: number }[]> {
  return fc
    .uniqueArray(fc.integer({ min: from, max: to }), { minLength: count * 2, maxLength: count * 2 })
    .map((points) => points.sort((a, b) => a - b))
    .map((points) =>
      Array.from({ length: count }, (_, i) => ({ start: points[i * 2] ?? 0, end: points[i * 2 + 1] ?? 0 })),
    );
}

const base = fc.record({
  sectorBytes: fc.constantFrom(512, 4096),
  bootCode: fc.uint8Array({ minLength: 440, maxLength: 440 }),
});

/** GPT disks of up to eight partitions, 4 GiB and more, both sector sizes. */
export const gptLayouts: fc.Arbitrary<DiskLayout> = fc
  .tuple(base, guid, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1_000_000, max: 900_000_000 }))
  .chain(([{ sectorBytes, bootCode }, diskId, count, sectors]) =>
    fc
      .tuple(
        extents(count, 2048, sectors - 2048),
        fc.uniqueArray(fc.integer({ min: 1, max: 128 }), { minLength: count, maxLength: count }),
        fc.array(fc.tuple(guid, guid, hex(16), fc.string({ unit: 'grapheme', maxLength: 12 })), {
          minLength: count,
          maxLength: count,
        }),
      )
      .map(([places, numbers, identities]): DiskLayout => {
        const partitions = places.map(({ start, end }, i): PartitionLayout => {
          const [type = '', id = '', attributes = '', name = ''] = identities[i] ?? [];
          return {
            number: numbers[i] ?? 0,
            startByte: start * sectorBytes,
            lengthBytes: (end - start) * sectorBytes,
            type,
            active: false,
            gpt: { id, name: name.replaceAll('\0', '').slice(0, 36), attributes },
          };
        });
        return {
          table: 'gpt',
          diskBytes: sectors * sectorBytes,
          sectorBytes,
          diskId,
          bootCode: Buffer.from(bootCode),
          partitions: partitions.sort((a, b) => a.number - b.number),
        };
      }),
  );

/** MBR disks of up to three primaries and, in half of them, an extended partition with up to six logical ones. */
export const mbrLayouts: fc.Arbitrary<DiskLayout> = fc
  .tuple(base, hex(8), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 6 }))
  .chain(([{ sectorBytes, bootCode }, diskId, primaries, logical]) =>
    fc
      .tuple(
        extents(primaries, 63, 10_000_000),
        extents(logical, 10_000_100, 100_000_000),
        fc.array(fc.tuple(mbrType, fc.boolean()), { minLength: 9, maxLength: 9 }),
      )
      .map(([first, second, kinds]): DiskLayout => {
        const partition = (number: number, start: number, end: number, kind: number): PartitionLayout => ({
          number,
          startByte: start * sectorBytes,
          lengthBytes: (end - start) * sectorBytes,
          type: kinds[kind]?.[0] ?? '07',
          active: kinds[kind]?.[1] ?? false,
          gpt: null,
        });
        const partitions = first.map(({ start, end }, i) => partition(i + 1, start, end, i));
        if (logical > 0) {
          const container = partition(primaries + 1, 10_000_050, 100_000_001, 0);
          partitions.push({ ...container, type: '0F', active: false });
          partitions.push(...second.map(({ start, end }, i) => partition(5 + i, start, end, 3 + i)));
        }
        return {
          table: 'mbr',
          diskBytes: 100_000_100 * sectorBytes,
          sectorBytes,
          diskId,
          bootCode: Buffer.from(bootCode),
          partitions,
        };
      })
      .filter(hasRoomForTables),
  );

/** Every logical partition needs a free sector before it. */
function hasRoomForTables({ partitions, sectorBytes }: DiskLayout): boolean {
  const logical = partitions.filter(({ number }) => number >= 5);
  return logical.every((one, i) => {
    const before = logical[i - 1];
    return before === undefined || before.startByte + before.lengthBytes + sectorBytes <= one.startByte;
  });
}
