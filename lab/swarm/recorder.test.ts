import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cableBytes, fastest, longestStill, Recorder } from './recorder.ts';

const readings = (...pairs: [number, number][]): { at: number; value: number }[] =>
  pairs.map(([at, value]) => ({ at, value }));

test('the highest speed is that of the best window, and a shorter record has none', () => {
  const counted = readings([0, 0], [1000, 10], [2000, 400], [3000, 410], [4000, 420]);
  assert.equal(fastest(counted, 2000), 200);
  assert.equal(fastest(counted, 1000), 390);
  assert.equal(fastest(counted, 5000), 0);
});

test('standing still lasts from the last movement to the next, or to the end', () => {
  assert.equal(longestStill(readings([0, 5], [100, 5], [400, 6], [500, 6], [550, 7])), 100);
  assert.equal(longestStill(readings([0, 5], [100, 6], [900, 6])), 800);
  assert.equal(longestStill([]), 0);
});

test('a recorder reads once more when it is stopped', async () => {
  let value = 0;
  const recorder = new Recorder(async () => value);
  value = 1;
  const all = await recorder.stop();
  assert.equal(all.at(-1)?.value, 1);
});

test('the cable of a process is that of its network', async () => {
  const { sent, received } = await cableBytes(process.pid, 'lo');
  assert.ok(sent >= 0);
  assert.equal(sent, received);
});
