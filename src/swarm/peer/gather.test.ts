import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gather } from './gather.ts';

test('a reader sleeps longer while a sleep brings next to nothing, and not at all on a fast line', () => {
  const gather = new Gather();
  const after = (bytes: number): number => gather.after(bytes, 500_000);
  assert.equal(after(128 * 1024), 0);
  assert.deepEqual([1500, 3000, 6000, 12_000, 20_000, 40_000, 1500].map(after), [1, 2, 4, 8, 16, 32, 32]);
  assert.equal(after(60_000), 32, 'enough to stay so');
  assert.equal(after(140_000), 0);
  assert.equal(after(60_000), 1);
  assert.equal(after(60_000), 1);
});

test('the last bytes of a chunk are not waited for longer than they take', () => {
  const gather = new Gather();
  for (let i = 0; i < 4; i++) gather.after(10_000, 500_000);
  assert.equal(gather.after(30_000, 15_000), 8);
  assert.equal(gather.after(30_000, 100), 1);
});
