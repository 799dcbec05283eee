import fc from 'fast-check';
import { ChunkTableBuilder } from './chunk-table.ts';
import { FILESYSTEMS } from './index-rules.ts';
import { fullMask, isEmpty } from './mask.ts';
import { chunkCount, chunkLength } from './region-masks.ts';
import {
  BLOCK_BYTES,
  CHUNK_BYTES,
  type ChunkTable,
  type DiskImage,
  type ImageIndex,
  type PartitionLayout,
  type Region,
} from './types.ts';

const filesystem = fc.constantFrom(...FILESYSTEMS);
const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const mask = fc.oneof(
  fc.constant(fullMask()),
  fc.constant(new Uint8Array(32)),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);

/** A region's chunk table, every chunk with a mask that ends where the region does. */
export function chunkTable(regionBytes: number): fc.Arbitrary<ChunkTable> {
  const count = chunkCount(regionBytes);
  const chunk = fc.tuple(hex(32), mask, fc.integer({ min: 1, max: 2 ** 21 }));
  return fc.array(chunk, { minLength: count, maxLength: count }).map((chunks) => {
    const builder = new ChunkTableBuilder();
    for (const [i, [id, used, size]] of chunks.entries()) {
      const inside = used.slice();
      const end = fullMask(chunkLength(regionBytes, i));
      for (const [at, byte] of end.entries()) inside[at] = (inside[at] ?? 0) & byte;
      if (isEmpty(inside)) builder.append(null, inside, 0);
      else builder.append(id, inside, size);
    }
    return builder.build();
  });
}

const extent = fc.record({
  gapBytes: fc.integer({ min: 0, max: 3 * CHUNK_BYTES }),
  lengthBytes: fc.oneof(
    fc.integer({ min: 0, max: 3 * CHUNK_BYTES }),
    fc.constant(2 * CHUNK_BYTES),
    fc.constant(BLOCK_BYTES),
  ),
});

/** Any disk of an image that keeps the rules of the format. */
const diskImage: fc.Arbitrary<DiskImage> = fc
  .record({
    table: fc.constantFrom('mbr' as const, 'gpt' as const),
    sectorBytes: fc.constantFrom(512, 4096),
    diskId: hex(4),
    bootCode: fc.uint8Array({ minLength: 440, maxLength: 440 }),
    extents: fc.array(extent, { maxLength: 4 }),
    label: fc.string({ unit: 'grapheme', maxLength: 11 }),
    active: fc.boolean(),
  })
  .chain((plain) => {
    let at = 0;
    const partitions: PartitionLayout[] = plain.extents.map(({ gapBytes, lengthBytes }, i) => {
      const startByte = at + gapBytes;
      at = startByte + lengthBytes;
      const gpt = { id: `ID-${i}`, name: plain.label, attributes: '8000000000000000' };
      const type = plain.table === 'gpt' ? 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7' : '07';
      return {
        number: i + 1,
        startByte,
        lengthBytes,
        type,
        active: plain.active,
        gpt: plain.table === 'gpt' ? gpt : null,
      };
    });
    const regions = partitions.map(({ number, startByte, lengthBytes }) =>
      fc.record({
        kind: fc.constant('partition' as const),
        partition: fc.constant(number),
        filesystem,
        label: fc.constant(plain.label),
        startByte: fc.constant(startByte),
        lengthBytes: fc.constant(lengthBytes),
        chunks: chunkTable(lengthBytes),
      }),
    );
    return fc.tuple(...regions).map((made: Region[]): DiskImage => {
      const { table, sectorBytes, diskId, bootCode } = plain;
      const layout = { table, diskBytes: at + 12_345, sectorBytes, diskId, bootCode, partitions };
      return { layout, regions: made };
    });
  });

/** Any committed index that keeps the rules of the format. */
export const imageIndex: fc.Arbitrary<ImageIndex> = fc
  .record({
    name: fc
      .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}$/)
      .filter((name) => !/^(con|prn|aux|nul|com\d|lpt\d)$/i.test(name)),
    version: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    createdAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    notes: fc.string({ unit: 'grapheme', maxLength: 40 }),
    boot: diskImage,
    otherDisks: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(diskImage, { maxLength: 2 })),
  })
  .map(({ boot, ...rest }) => ({ ...rest, ...boot }));

/** An index as plain data, to compare two of them. */
export function plainOf(index: ImageIndex): unknown {
  return { ...index, ...plainDisk(index), otherDisks: index.otherDisks.map(plainDisk) };
}

function plainDisk({ layout, regions }: DiskImage): object {
  return {
    layout,
    regions: regions.map((region) => ({
      ...region,
      chunks: Array.from({ length: region.chunks.count }, (_, i) => [
        region.chunks.id(i),
        Buffer.from(region.chunks.mask(i)).toString('hex'),
        region.chunks.storedBytes(i),
      ]),
    })),
  };
}
