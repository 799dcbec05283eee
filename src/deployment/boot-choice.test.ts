import assert from 'node:assert/strict';
import test from 'node:test';
import { ASK_AGAIN_MS, type BootFacts, chooseBoot } from './index.ts';

const idle: BootFacts = {
  known: true,
  task: null,
  menuAsked: false,
  declinedAt: null,
  now: ASK_AGAIN_MS * 9,
};

test('a known host with nothing to do boots its own disk', () => {
  assert.equal(chooseBoot(idle).boot, 'local');
});

test('an open task boots the agent, an ended one does not image the host again', () => {
  for (const task of ['waiting', 'booting', 'running', 'cancelling', 'lost'] as const) {
    assert.deepEqual(chooseBoot({ ...idle, task }), { boot: 'agent', why: 'task' });
  }
  for (const task of ['done', 'failed', 'cancelled'] as const) {
    assert.equal(chooseBoot({ ...idle, task }).boot, 'local');
  }
});

test('an unknown machine is asked, then left alone for half a day', () => {
  const unknown = { ...idle, known: false };
  assert.deepEqual(chooseBoot(unknown), { boot: 'agent', why: 'ask' });
  assert.equal(chooseBoot({ ...unknown, declinedAt: unknown.now - 1000 }).boot, 'local');
  assert.equal(chooseBoot({ ...unknown, declinedAt: unknown.now - ASK_AGAIN_MS }).boot, 'agent');
});

test('the key at the screen always asks', () => {
  assert.deepEqual(chooseBoot({ ...idle, menuAsked: true, declinedAt: idle.now }), {
    boot: 'agent',
    why: 'ask',
  });
});
