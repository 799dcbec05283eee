import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Release, UploadSlots } from './upload-slots.ts';

const lives = new AbortController().signal;

test('so many at a time, the others in their order; who gives up frees his place', async () => {
  const slots = new UploadSlots({ slots: 2, mostWaiting: 3, mostWaitingEach: 9 });
  const order: string[] = [];
  const ask = (who: string, signal = lives): Promise<Release> | null => {
    const slot = slots.take(who, signal);
    void slot?.then(
      () => order.push(who),
      () => order.push(`${who} went`),
    );
    return slot;
  };
  const gone = new AbortController();
  const [a, b] = await Promise.all([ask('a'), ask('b')]);
  const [c, d, e] = [ask('c'), ask('d', gone.signal), ask('e')];
  assert.equal(ask('f'), null, 'the queue is full');
  gone.abort(new Error('gone'));
  await assert.rejects(d ?? Promise.resolve(), /gone/);
  assert.deepEqual([slots.active, slots.waiting], [2, 2]);
  a?.();
  a?.();
  (await c)?.();
  b?.();
  (await e)?.();
  assert.deepEqual(order, ['a', 'b', 'd went', 'c', 'e']);
  assert.deepEqual([slots.active, slots.waiting], [0, 0]);
});

test('one asker does not fill the queue, and who is gone before he asks gets nothing', async () => {
  const slots = new UploadSlots({ slots: 1, mostWaiting: 9, mostWaitingEach: 2 });
  const first = await slots.take('a', lives);
  const waiting = [slots.take('a', lives), slots.take('a', lives)];
  assert.equal(slots.take('a', lives), null);
  waiting.push(slots.take('b', lives));
  await assert.rejects(slots.take('c', AbortSignal.abort(new Error('gone'))) ?? Promise.resolve(), /gone/);
  first?.();
  for (const one of waiting) (await one)?.();
  assert.equal(slots.active, 0);
});
