import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinRuns, subtractRuns } from './byte-runs.ts';
import { freeRunsOfMap } from './test-support/rescue-map.ts';

const SPACE = 200;
const runs = fc.array(
  fc
    .record({ start: fc.nat(SPACE), length: fc.nat(40) })
    .filter(({ start, length }) => start + length <= SPACE),
);

/** The same runs as a set of bytes. */
function bytesOf(list: readonly { start: number; length: number }[]): Set<number> {
  return new Set(list.flatMap(({ start, length }) => Array.from({ length }, (_, i) => start + i)));
}

test('joining and subtracting runs is what it is for sets of bytes', () => {
  fc.assert(
    fc.property(runs, runs, (some, others) => {
      const joined = joinRuns(some);
      assert.deepEqual(bytesOf(joined), bytesOf(some));
      const left = subtractRuns(some, others);
      const cut = bytesOf(others);
      assert.deepEqual(bytesOf(left), new Set([...bytesOf(some)].filter((byte) => !cut.has(byte))));
      for (const list of [joined, left]) {
        for (const [i, run] of list.entries()) {
          const next = list[i + 1];
          assert.ok(run.length > 0);
          assert.ok(next === undefined || run.start + run.length <= next.start);
        }
      }
    }),
  );
});

test('only what the map calls free is free', () => {
  const map = [
    '# Domain logfile created by partclone.ntfs v0.3.36',
    '# current_pos  current_status',
    '0x03FFF000     ?',
    '#      pos        size  status',
    '0x00000000  0x00003000  +',
    '0x00003000  0x00001000  ?',
    '0x00004000  0x00001000  -',
    '0x00005000  0x10000000000  ?',
    '',
  ].join('\n');
  assert.deepEqual(freeRunsOfMap(map), [
    { start: 0x3000, length: 0x1000 },
    { start: 0x5000, length: 0x10000000000 },
  ]);
});

test('a map that is none is refused with the line', () => {
  assert.throws(() => freeRunsOfMap(''), /empty/);
  assert.throws(() => freeRunsOfMap('0x0 +\n0x0 0x10 ?\nCalculating bitmap...'), /line 3: Calculating/);
  assert.throws(() => freeRunsOfMap('0x0 +\n0x0 0xffffffffffffffff ?'), /line 2/);
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        freeRunsOfMap(text);
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});
