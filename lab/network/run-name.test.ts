import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive, newRunName, ownerOf, startTicks } from './run-name.ts';

test('a run name leads back to its living owner', () => {
  const name = newRunName();
  const owner = ownerOf(`${name}-switch`);
  assert.equal(owner?.pid, process.pid);
  assert.ok(owner && isAlive(owner));
  assert.notEqual(newRunName(), name);
});

test('a later process with the same id is not the owner', () => {
  const owner = ownerOf(newRunName());
  assert.ok(owner);
  assert.equal(isAlive({ ...owner, started: owner.started + 1 }), false);
});

test('names that no lab made have no owner', () => {
  for (const name of ['mimeo', 'mimeo-server', 'mimeo-1-2', 'docker0', 'x-mimeo-1-2-3']) {
    assert.equal(ownerOf(name), null, name);
  }
});

test('a command name with blanks and parentheses does not shift the start time', () => {
  const fields = Array.from({ length: 50 }, (_, index) => String(index + 3));
  assert.equal(startTicks(`7 (a) (b c) ${fields.join(' ')}`), 22);
});
