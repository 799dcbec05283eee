import assert from 'node:assert/strict';
import test from 'node:test';
import { DeskPace } from './desk-pace.ts';

test('the more hosts, the more rarely each reports', () => {
  const pace = new DeskPace();
  assert.deepEqual(
    [1, 16, 100, 300, 1000, 5000].map((hosts) => pace.reportMs(hosts)),
    [20, 20, 50, 150, 500, 1000],
  );
  assert.equal(pace.holdMs(1000), 0, 'a server with time to spare answers at once');
});

test('a busy server hears more rarely from each and lets them wait a little, until it has time again', () => {
  const pace = new DeskPace();
  pace.note(0.9);
  assert.ok(pace.reportMs(300) > 150);
  assert.equal(pace.holdMs(300), pace.reportMs(300));
  for (let i = 0; i < 30; i++) pace.note(1);
  assert.equal(pace.reportMs(300), 900);
  assert.equal(pace.holdMs(300), 250, 'no line is idle for it');
  const crowded = pace.reportMs(300);
  pace.note(0.65);
  assert.equal(pace.reportMs(300), crowded, 'between busy and idle it stays as it is');
  for (let i = 0; i < 30; i++) pace.note(0.3);
  assert.deepEqual([pace.reportMs(300), pace.holdMs(300)], [150, 0]);
});
