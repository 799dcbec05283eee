import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkMarks } from './chunk-marks.ts';

/** Few different words, zeros among them, so that many begin alike or meet in the same slot. */
const word = fc.constantFrom('00000000', '01000000', 'ff000000', '00000001', 'ffffffff', '40000000');
const id = fc.tuple(word, word, fc.nat(9)).map(([low, high, rest]) => low + high + `${rest}`.repeat(48));

test('what was marked is marked, and nothing else is unless it begins alike', () => {
  fc.assert(
    fc.property(fc.array(id), fc.array(id), fc.boolean(), (marked, others, raw) => {
      const marks = new ChunkMarks();
      if (raw) marks.addAll(Buffer.from(marked.join(''), 'hex'));
      else for (const one of marked) marks.add(one);
      for (const one of marked) assert.ok(marks.has(one));
      const prefixes = new Set(marked.map((one) => one.slice(0, 16)));
      // Words of zeros stand in for others, so they may hit by chance.
      if (marked.some((one) => one.startsWith('00000000', 8))) return;
      for (const one of others.filter((other) => !other.startsWith('00000000', 8))) {
        assert.equal(marks.has(one), prefixes.has(one.slice(0, 16)), one);
      }
    }),
  );
});

test('marks are found while the table grows', () => {
  const marks = new ChunkMarks();
  const ids = Array.from({ length: 5000 }, (_, i) =>
    (i * 7919).toString(16).padStart(64, '1').split('').reverse().join(''),
  );
  for (const [i, one] of ids.entries()) {
    assert.equal(marks.has(one), false);
    marks.add(one);
    assert.ok(marks.has(ids[i >> 1] ?? ''));
  }
});
