import assert from 'node:assert/strict';
import test from 'node:test';
import { DeskPace } from './desk-pace.ts';

test('the more hosts, the more rarely each reports, and the more rarely those that wait are looked at', () => {
  const pace = new DeskPace();
  const hosts = [1, 16, 100, 300, 1000, 5000];
  assert.deepEqual(
    hosts.map((count) => pace.reportMs(count)),
    [20, 20, 50, 150, 500, 1000],
  );
  assert.deepEqual(
    hosts.map((count) => pace.wakeMs(count)),
    [4, 4, 12.5, 37.5, 60, 60],
  );
  assert.equal(pace.holdMs(1000), 0, 'a server with time to spare answers at once');
});

test('a busy server hears more rarely from each and lets them wait a little, until it has time again', () => {
  const pace = new DeskPace();
  const usual = [pace.reportMs(300), pace.wakeMs(300), pace.holdMs(300)];
  pace.note(0.9);
  assert.ok(pace.holdMs(300) > 150 && pace.reportMs(300) === 2 * pace.holdMs(300));
  for (let i = 0; i < 30; i++) pace.note(1);
  assert.deepEqual([pace.reportMs(300), pace.wakeMs(300), pace.holdMs(300)], [900, 225, 250]);
  pace.note(0.6);
  assert.equal(pace.reportMs(300), 900, 'between busy and idle it stays as it is');
  for (let i = 0; i < 60; i++) pace.note(0.3);
  assert.deepEqual([pace.reportMs(300), pace.wakeMs(300), pace.holdMs(300)], usual);
});
