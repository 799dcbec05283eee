import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labNeeds } from '../../needs.ts';
import { failCalls } from './failing-calls.ts';

const skip = labNeeds('fiu-run', 'fiu-ctrl');

test('calls of the system that fail at random under a store lose no committed image', { skip }, async (t) => {
  const { rounds, commits, said } = await failCalls(6);
  t.diagnostic(`${rounds} rounds, ${commits} commits, said ${JSON.stringify([...said])}`);
  assert.ok(said.size > 0, 'no call ever failed');
});
