import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkTableBuilder } from './chunk-table.ts';
import { diffImages } from './diff.ts';
import { imageIndex } from './image-index.arbitrary.ts';
import { emptyMask, fullMask } from './mask.ts';
import { CHUNK_BYTES, type ImageIndex, type Region } from './types.ts';

/** A region of one letter per chunk: its content; `.` is not used. */
function region(content: string, change: Partial<Region> = {}): Region {
  const chunks = new ChunkTableBuilder();
  for (const letter of content) {
    if (letter === '.') chunks.append(null, emptyMask(), 0);
    else chunks.append(letter.charCodeAt(0).toString(16).padStart(64, '0'), fullMask(), 100);
  }
  const lengthBytes = content.length * CHUNK_BYTES;
  const place = { startByte: CHUNK_BYTES, lengthBytes, label: '' };
  return { kind: 'partition', partition: 1, filesystem: 'ntfs', ...place, chunks: chunks.build(), ...change };
}

function image(regions: readonly Region[], diskBytes = 10 ** 9): ImageIndex {
  return {
    name: 'x',
    version: 1,
    createdAt: '',
    notes: '',
    layout: {
      table: 'mbr',
      diskBytes,
      sectorBytes: 512,
      diskId: '12345678',
      bootCode: new Uint8Array(440),
      partitions: regions.map(({ partition, startByte, lengthBytes }) => ({
        number: partition,
        startByte,
        lengthBytes,
        type: '07',
        active: true,
        gpt: null,
      })),
    },
    regions,
    otherDisks: [],
  };
}

test('chunks are compared place by place', () => {
  const diff = diffImages(image([region('abc.e.')]), image([region('aXc..f')]));
  const [only] = diff.regions;
  assert.equal(diff.regions.length, 1);
  for (const part of [diff, only]) {
    assert.deepEqual(part?.same, { chunks: 2, bytes: 2 * CHUNK_BYTES });
    assert.deepEqual(part?.changed, { chunks: 1, bytes: CHUNK_BYTES });
    assert.deepEqual(part?.onlyFirst, { chunks: 1, bytes: CHUNK_BYTES });
    assert.deepEqual(part?.onlySecond, { chunks: 1, bytes: CHUNK_BYTES });
    assert.equal(part?.fetchBytes, 200, 'X and f');
  }
  assert.equal(diff.revertBytes, 200, 'b and e');
  assert.deepEqual(diff.layout, []);
});

test('a partition that moved is fetched again although its content is the same; a lost one costs nothing', () => {
  const moved = diffImages(image([region('abc')]), image([region('abc', { startByte: 2 * CHUNK_BYTES })]));
  assert.deepEqual([moved.same.chunks, moved.changed.chunks, moved.fetchBytes], [3, 0, 300]);
  assert.deepEqual(moved.layout, ['Partition 1 began at byte 1048576, and begins at 2097152.']);

  const two = image([
    region('abc'),
    region('dd', { partition: 2, startByte: 9 * CHUNK_BYTES, label: 'DATA' }),
  ]);
  const lost = diffImages(two, image([region('abcd', { filesystem: 'ext', label: 'root' })], 2 * 10 ** 9));
  assert.deepEqual(
    [lost.onlyFirst.chunks, lost.onlySecond.chunks, lost.fetchBytes, lost.revertBytes],
    [2, 1, 100, 200],
  );
  assert.deepEqual(lost.layout, [
    'The disk had 1000000000 bytes, and has 2000000000.',
    'Partition 1 had 3145728 bytes, and has 4194304.',
    'Partition 1 held ntfs, and holds ext "root".',
    'Partition 2 is gone.',
  ]);
});

test('other disks are compared with their own kind', () => {
  const one = image([region('ab')]);
  const two = { ...one, otherDisks: [image([region('cd')])] };
  const diff = diffImages(one, two);
  assert.deepEqual(diff.layout, ['Disk 2 is new.']);
  assert.deepEqual(
    diff.regions.map(({ disk, onlySecond }) => [disk, onlySecond.chunks]),
    [
      [0, 0],
      [1, 2],
    ],
  );
  assert.deepEqual(diffImages(two, one).layout, ['Disk 2 is gone.']);
});

test('whatever the images: nothing differs from itself, and both ways mirror each other', () => {
  fc.assert(
    fc.property(imageIndex, imageIndex, (a, b) => {
      const self = diffImages(a, a);
      assert.deepEqual([self.layout, self.fetchBytes, self.changed.chunks], [[], 0, 0]);
      const [there, back] = [diffImages(a, b), diffImages(b, a)];
      assert.deepEqual([there.onlyFirst, there.fetchBytes], [back.onlySecond, back.revertBytes]);
      assert.equal(there.same.chunks, back.same.chunks);
    }),
    { numRuns: 60 },
  );
});
