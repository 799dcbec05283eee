import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { BinaryWriter } from '../binary.ts';
import { decodeSavedTable, encodeSavedTable, type SavedTable } from './saved-table.ts';

const pieces = fc
  .tuple(fc.nat(2 ** 45), fc.uint8Array({ maxLength: 3000 }))
  .map(([offset, bytes]) => ({ offset, bytes: Buffer.from(bytes) }));
const tables: fc.Arbitrary<SavedTable> = fc
  .tuple(fc.nat(2 ** 45), fc.array(pieces, { maxLength: 4 }))
  .map(([diskBytes, list]) => ({ diskBytes, pieces: list }));

test('a saved table reads back, and any damage is noticed', () => {
  fc.assert(
    fc.property(tables, fc.nat(), fc.integer({ min: 1, max: 255 }), (saved, at, change) => {
      const bytes = encodeSavedTable(saved);
      assert.deepEqual(decodeSavedTable(bytes), saved);
      const damaged = Buffer.from(bytes);
      damaged[at % bytes.length] = (damaged[at % bytes.length] ?? 0) ^ change;
      assert.throws(() => decodeSavedTable(damaged), { code: 'table-unreadable' });
      assert.throws(() => decodeSavedTable(bytes.subarray(0, at % bytes.length)), {
        code: 'table-unreadable',
      });
    }),
  );
});

test('what is nearly all zeros is short on the wire', () => {
  const bytes = Buffer.alloc(1_048_576);
  bytes.write('GRUB', 512);
  const saved = { diskBytes: 2 ** 40, pieces: [{ offset: 0, bytes }] };
  const encoded = encodeSavedTable(saved);
  assert.ok(encoded.length < 1024, `${encoded.length} bytes`);
  assert.deepEqual(decodeSavedTable(encoded), saved);
});

test('tables that were saved uncompressed are still read', () => {
  const writer = new BinaryWriter(64).bytes(Buffer.from('MIMEOTBL')).u32le(1).u64le(5000).u32le(1);
  const body = writer.u64le(512).u32le(3).bytes(Buffer.from('old')).toBuffer();
  const bytes = Buffer.concat([body, createHash('sha256').update(body).digest()]);
  assert.deepEqual(decodeSavedTable(bytes), {
    diskBytes: 5000,
    pieces: [{ offset: 512, bytes: Buffer.from('old') }],
  });
});
