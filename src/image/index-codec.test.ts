import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../errors.ts';
import { ChunkTableBuilder } from './chunk-table.ts';
import { imageIndex, plainOf } from './image-index.arbitrary.ts';
import { decodeIndex, encodeIndex } from './index-codec.ts';
import { fullMask } from './mask.ts';
import { CHUNK_BYTES, type ImageIndex } from './types.ts';

/** The same bytes with a digest that fits them, so that a fault reaches the parser. */
function resealed(bytes: Buffer): Buffer {
  const body = bytes.subarray(0, -32);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

function isDamaged(error: unknown): boolean {
  return error instanceof MimeoError && error.code === 'index-damaged';
}

const small: ImageIndex = {
  name: 'winxp',
  version: 0,
  createdAt: '2026-11-23T08:00:00.000Z',
  notes: '',
  layout: {
    table: 'mbr',
    diskBytes: 4 * CHUNK_BYTES,
    sectorBytes: 512,
    diskId: '0badcafe',
    bootCode: new Uint8Array(440),
    partitions: [
      { number: 1, startByte: CHUNK_BYTES, lengthBytes: CHUNK_BYTES, type: '07', active: true, gpt: null },
    ],
  },
  regions: [],
  otherDisks: [],
};

function withChunk(version: number, storedBytes: number): ImageIndex {
  const table = new ChunkTableBuilder();
  table.append('ab'.repeat(32), fullMask(), storedBytes);
  const place = { partition: 1, startByte: CHUNK_BYTES, lengthBytes: CHUNK_BYTES };
  const region = {
    kind: 'partition',
    filesystem: 'ntfs',
    label: '',
    ...place,
    chunks: table.build(),
  } as const;
  return { ...small, version, regions: [region] };
}

test('an index reads back as it was written, and one index has one encoding', () => {
  fc.assert(
    fc.property(imageIndex, (index) => {
      const bytes = encodeIndex(index);
      const read = decodeIndex(bytes);
      assert.deepEqual(plainOf(read), plainOf(index));
      assert.ok(encodeIndex(read).equals(bytes));
    }),
  );
});

test('an index cut short, prolonged or with one byte changed is refused', () => {
  fc.assert(
    fc.property(imageIndex, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (index, where) => {
      const bytes = encodeIndex(index);
      const at = Math.floor(where * bytes.length);
      assert.throws(() => decodeIndex(bytes.subarray(0, at)), isDamaged);
      assert.throws(() => decodeIndex(Buffer.concat([bytes, Buffer.from([0])])), isDamaged);
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.throws(() => decodeIndex(changed), isDamaged);
    }),
  );
});

test('whatever stands behind a right digest is read or refused as damaged, and quickly', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff)), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(imageIndex, edits, fc.nat(64), (index, changes, cut) => {
      const bytes = encodeIndex(index);
      for (const [at, byte] of changes) bytes.writeUInt8(byte, 10 + (at % (bytes.length - 42)));
      const forged = resealed(bytes.subarray(0, Math.max(48, bytes.length - cut)));
      try {
        const read = decodeIndex(forged);
        assert.ok(encodeIndex(read).equals(forged), 'what is accepted is the one encoding of what was read');
      } catch (error) {
        assert.ok(isDamaged(error), String(error));
      }
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      assert.throws(() => decodeIndex(noise), isDamaged);
      const headed = Buffer.concat([Buffer.from('MIMEOIDX'), noise, Buffer.alloc(32)]);
      assert.throws(() => decodeIndex(resealed(headed)), isDamaged);
    }),
  );
});

test('a region that claims more chunks than the file holds costs no memory', () => {
  const bytes = encodeIndex({ ...withChunk(1, 7), layout: { ...small.layout, diskBytes: 2 ** 52 } });
  // The region's length stands before its only chunk: kind byte, id, stored size, digest.
  bytes.writeBigUInt64LE(2n ** 45n, bytes.length - 32 - 37 - 8);
  const before = process.memoryUsage().rss;
  assert.throws(
    () => decodeIndex(resealed(bytes)),
    (error) => isDamaged(error) && /chunk kinds/.test(String(error)),
  );
  bytes.writeBigUInt64LE(2n ** 52n, bytes.length - 32 - 37 - 8);
  assert.throws(
    () => decodeIndex(resealed(bytes)),
    (error) => isDamaged(error) && /number of chunks/.test(String(error)),
  );
  assert.ok(process.memoryUsage().rss - before < 50 * 2 ** 20);
});

test('an error names the offset of the damage', () => {
  const bytes = encodeIndex(withChunk(1, 7));
  const kindAt = bytes.length - 32 - 37;
  bytes.writeUInt8(9, kindAt);
  assert.throws(() => decodeIndex(resealed(bytes)), {
    message: `The index is damaged at byte ${kindAt}: kind of chunk 0 is 9.`,
  });
});

test('stored sizes may be open before the commit, never after', () => {
  assert.equal(decodeIndex(encodeIndex(withChunk(0, 0))).regions[0]?.chunks.storedBytes(0), 0);
  assert.throws(() => encodeIndex(withChunk(1, 0)), RangeError);
});

test('bits of a used mask past the end of the region are not written', () => {
  const table = new ChunkTableBuilder();
  table.append(
    'ab'.repeat(32),
    Uint8Array.from({ length: 32 }, () => 0xfe),
    7,
  );
  const index = withChunk(1, 7);
  const regions = index.regions.map((region) => ({ ...region, lengthBytes: 9000, chunks: table.build() }));
  const read = decodeIndex(encodeIndex({ ...index, regions })).regions[0]?.chunks.mask(0);
  assert.equal(Buffer.from(read ?? []).toString('hex'), `06${'00'.repeat(31)}`);
});

test('a second way to write the same index is refused', () => {
  const table = new ChunkTableBuilder();
  table.append('ab'.repeat(32), fullMask(5000), 7);
  const index = withChunk(1, 7);
  const regions = index.regions.map((region) => ({ ...region, chunks: table.build() }));
  const bytes = encodeIndex({ ...index, regions });
  const maskAt = bytes.length - 32 - 32;
  for (const byte of [0xff, 0x00]) {
    const other = Buffer.from(bytes).fill(byte, maskAt, maskAt + 32);
    const message = `The index is damaged at byte ${maskAt}: used mask of chunk 0 is not partial.`;
    assert.throws(() => decodeIndex(resealed(other)), { code: 'index-damaged', message });
  }
  const longer = Buffer.concat([bytes.subarray(0, -32), Buffer.alloc(1 + 32)]);
  assert.throws(() => decodeIndex(resealed(longer)), { code: 'index-damaged', message: /1 bytes too many/ });
});

test('an index that breaks a rule is not written', () => {
  const [part] = small.layout.partitions;
  assert.ok(part);
  const withParts = (...partitions: (typeof part)[]): ImageIndex => ({
    ...small,
    layout: { ...small.layout, partitions },
  });
  const bad: [RegExp, ImageIndex][] = [
    [/image name/, { ...small, name: '../etc' }],
    [/time/, { ...small, createdAt: 'yesterday' }],
    [/notes/, { ...small, notes: 'x'.repeat(65_001) }],
    [/boot code/, { ...small, layout: { ...small.layout, bootCode: new Uint8Array(446) } }],
    [/two partitions/, withParts(part, part)],
    [/past the disk/, withParts({ ...part, lengthBytes: 4 * CHUNK_BYTES })],
    [/other table/, withParts({ ...part, gpt: { id: '', name: '', attributes: '' } })],
    [/overlaps/, { ...withChunk(1, 7), regions: [...withChunk(1, 7).regions, ...withChunk(1, 7).regions] }],
    [/no partition/, { ...withChunk(1, 7), layout: { ...small.layout, partitions: [] } }],
    [
      /chunks, not/,
      { ...withChunk(1, 7), regions: withChunk(1, 7).regions.map((one) => ({ ...one, lengthBytes: 0 })) },
    ],
  ];
  for (const [reason, index] of bad)
    assert.throws(() => encodeIndex(index), { name: 'RangeError', message: reason });
});

test('an index of a later format says so', () => {
  const bytes = encodeIndex(small);
  bytes.writeUInt16LE(3, 8);
  assert.throws(() => decodeIndex(resealed(bytes)), /format version 3/);
});
