import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bell } from './bell.ts';

const lives = new AbortController().signal;

test('a ring ends a wait, also one that begins later, and only one of them', async () => {
  const bell = new Bell();
  bell.ring();
  bell.ring();
  await bell.heard(lives);
  let heard = false;
  const next = bell.heard(lives).then(() => {
    heard = true;
  });
  await Promise.resolve();
  assert.equal(heard, false);
  bell.ring();
  await next;
});

test('an aborted wait rejects with the reason, and the next ring is heard all the same', async () => {
  const bell = new Bell();
  const stop = new AbortController();
  const waiting = bell.heard(stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(bell.heard(stop.signal), /enough/);
  bell.ring();
  await bell.heard(lives);
});
