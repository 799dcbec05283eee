import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderLine } from './order-line.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the first gets its order at once, the next after a while each, in the order of asking', async () => {
  const gaps: (() => void)[] = [];
  const delay = (): Promise<void> => new Promise((resolve) => gaps.push(resolve));
  const line = new OrderLine({ delay });
  const served: number[] = [];
  for (const n of [1, 2, 3]) void line.turn().then(() => served.push(n));
  await turn();
  assert.deepEqual(served, [1]);
  gaps.shift()?.();
  await turn();
  assert.deepEqual(served, [1, 2]);
  gaps.shift()?.();
  await turn();
  assert.deepEqual(served, [1, 2, 3]);
  gaps.shift()?.();
  await turn();
  await line.turn();
});
