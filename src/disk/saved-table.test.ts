import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
