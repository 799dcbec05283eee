import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ManifestRow, mergeWithLastGood, parseManifest } from '../index.ts';

function read(...lines: string[]) {
  return parseManifest(Buffer.from(lines.join('\n')), { knownImages: new Set(['win-xp']) });
}
const M = (n: number) => `00:1e:4f:00:00:0${n}`;
const before: ManifestRow[] = [1, 2, 3].map((n) => ({
  mac: M(n),
  image: 'win-xp',
  name: `PC${n}`,
  lab: null,
}));
const names = (rows: readonly ManifestRow[]) => rows.map((row) => `${row.mac.slice(-1)}=${row.name}`).sort();

test('a bad line leaves its last good version in force, a deleted line does not', () => {
  const merged = mergeWithLastGood(before, read(`${M(1)},win-xp,PC ONE`, `${M(2)},win-xp,NEW2`));
  assert.deepEqual(names(merged.rows), ['1=PC1', '2=NEW2']);
  assert.deepEqual(merged.held, [{ row: before[0], line: 1 }]);
});

test('a slip in the MAC itself: the row is found by its name', () => {
  const merged = mergeWithLastGood(before, read('00:1e:4f:00:00,win-xp,pc1', `${M(2)},win-xp,PC2`));
  assert.deepEqual(names(merged.rows), ['1=PC1', '2=PC2']);
});

test('a slip in the MAC does not revive a row whose MAC stands elsewhere', () => {
  const merged = mergeWithLastGood(before, read('00:1e:4f:00:00,win-xp,PC1', `${M(1)},win-xp,PC9`));
  assert.deepEqual(names(merged.rows), ['1=PC9']);
});

test('duplicates hold the earlier row of their MAC, once', () => {
  const merged = mergeWithLastGood(
    before,
    read(`${M(1)},win-xp,A`, `${M(1)},win-xp,B`, `${M(2)},win-xp,C`, `${M(3)},win-xp,C`),
  );
  assert.deepEqual(names(merged.rows), ['1=PC1', '2=PC2', '3=PC3']);
  assert.equal(merged.held.length, 3);
});

test('a held row gives way when a good line has taken its name', () => {
  const merged = mergeWithLastGood(
    before,
    read(`${M(1)},no-such,PC1`, `${M(4)},win-xp,pc1`, `${M(2)},win-xp,PC2`),
  );
  assert.deepEqual(names(merged.rows), ['1=PC1', '2=PC2'], 'lines 1 and 2 share a name: neither is taken');
  const swapped = mergeWithLastGood(before, read(`${M(1)},no-such,PC7`, `${M(4)},win-xp,PC1`));
  assert.deepEqual(names(swapped.rows), ['4=PC1']);
  assert.deepEqual(swapped.displaced, [{ row: before[0], line: 1 }]);
});

test('a picture, an emptied file or a broken header changes nothing', () => {
  for (const file of ['', 'mac,name\n', '\u0000\u0001']) {
    assert.deepEqual(mergeWithLastGood(before, read(file)).rows, before, JSON.stringify(file));
  }
  assert.deepEqual(mergeWithLastGood(before, read('mac,image,name')).rows, []);
});

test('whatever is saved, in force is each MAC once and each name once', () => {
  const cell = fc.constantFrom(M(1), M(2), M(3), '00:1e', '');
  const line = fc
    .tuple(cell, fc.constantFrom('win-xp', 'x'), fc.constantFrom('PC1', 'pc2', 'PC3', 'bad name'))
    .map((cells) => cells.join(','));
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 5 }), { maxLength: 5 }), (versions) => {
      let rows: readonly ManifestRow[] = [];
      for (const version of versions) {
        rows = mergeWithLastGood(rows, read(...version)).rows;
        assert.equal(new Set(rows.map((row) => row.mac)).size, rows.length);
        assert.equal(new Set(rows.map((row) => row.name.toLowerCase())).size, rows.length);
      }
    }),
    { numRuns: 300 },
  );
});
