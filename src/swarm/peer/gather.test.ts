import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gather } from './gather.ts';

test('a reader sleeps longer while a sleep brings next to nothing, and not at all on a fast line', () => {
  const gather = new Gather();
  assert.equal(gather.after(64 * 1024), 0);
  assert.deepEqual(
    [1500, 3000, 6000, 7000, 1500].map((bytes) => gather.after(bytes)),
    [1, 2, 4, 8, 8],
  );
  assert.equal(gather.after(12_000), 8, 'enough to stay so');
  assert.equal(gather.after(40_000), 0);
  assert.equal(gather.after(20_000), 1);
  assert.equal(gather.after(20_000), 1);
});
