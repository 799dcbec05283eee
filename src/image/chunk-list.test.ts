import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunkIdOf, ZERO_CHUNK_ID } from './chunk-id.ts';
import { ChunkList } from './chunk-list.ts';
import { ChunkTableBuilder } from './chunk-table.ts';
import { imageIndex } from './image-index.arbitrary.ts';
import { emptyMask, fullMask } from './mask.ts';
import { CHUNK_BYTES, type ChunkId, type DiskImage, type Region } from './types.ts';

const ids = ['a', 'b', 'c'].map((text) => chunkIdOf(Buffer.from(text)));
const [a = '', b = '', c = ''] = ids;

function region(kind: Region['kind'], partition: number, chunks: readonly (ChunkId | null)[]): Region {
  const builder = new ChunkTableBuilder();
  for (const id of chunks) builder.append(id, id === null ? emptyMask() : fullMask(), id === null ? 0 : 7);
  const lengthBytes = chunks.length * CHUNK_BYTES;
  return {
    kind,
    partition,
    filesystem: 'raw',
    label: '',
    startByte: 0,
    lengthBytes,
    chunks: builder.build(),
  };
}

function disk(...regions: Region[]): DiskImage {
  const bootCode = new Uint8Array(440);
  return {
    layout: { table: 'mbr', diskBytes: 0, sectorBytes: 512, diskId: '', bootCode, partitions: [] },
    regions,
  };
}

test('each chunk has one number, in the order of first appearance; zeros and unused ones have none', () => {
  const list = ChunkList.of(
    disk(region('gap', 0, [b]), region('partition', 1, [ZERO_CHUNK_ID, a, null, b, c, a])),
  );
  assert.equal(list.length, 3);
  assert.deepEqual(
    [0, 1, 2].map((n) => list.id(n)),
    [b, a, c],
  );
  assert.deepEqual(
    [a, b, c, ZERO_CHUNK_ID].map((id) => list.numberOf(id)),
    [1, 0, 2, -1],
  );
  assert.throws(() => list.id(3), RangeError);
});

test('partitions that stay on the target are left out, the boot gap never', () => {
  const list = ChunkList.of(
    disk(region('gap', 0, [a]), region('partition', 1, [b]), region('partition', 2, [c])),
    new Set([0, 1]),
  );
  assert.deepEqual([list.length, list.id(0), list.id(1)], [2, a, c]);
});

test('of any image, a number leads to its chunk and back', () => {
  fc.assert(
    fc.property(imageIndex, (index) => {
      const list = ChunkList.of(index);
      const seen = new Set<ChunkId>();
      for (const { chunks } of index.regions) {
        for (let i = 0; i < chunks.count; i++) {
          const id = chunks.id(i);
          if (id !== null && id !== ZERO_CHUNK_ID) seen.add(id);
        }
      }
      assert.deepEqual(
        Array.from({ length: list.length }, (_, number) => list.id(number)),
        [...seen],
      );
      for (const [number, id] of [...seen].entries()) assert.equal(list.numberOf(id), number);
    }),
    { numRuns: 50 },
  );
});
