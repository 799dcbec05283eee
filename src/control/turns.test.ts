import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('work on one thing is done in order, that on others at the same time, and faults hold up nobody', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.of('a', async () => {
    await gate.promise;
    log.push('a1');
    throw new Error('a1 went wrong');
  });
  const second = turns.of('a', async () => log.push('a2'));
  await turns.of('b', async () => log.push('b1'));
  assert.deepEqual(log, ['b1']);
  const both = turns.ofAll(['a', 'b'], async () => log.push('both'));
  const last = turns.of('b', async () => log.push('b2'));
  gate.resolve();
  await assert.rejects(first, /went wrong/);
  await Promise.all([second, both, last]);
  assert.deepEqual(log, ['b1', 'a1', 'a2', 'both', 'b2']);
  await turns.over();
});
