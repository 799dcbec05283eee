import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase, SettingsRepository } from '../db/index.ts';
import { StoreSchedule } from './store-schedule.ts';

const DAY = 24 * 3_600_000;

test('garbage at the start and once a day, every chunk once a week, also when the server restarts in between', async (t) => {
  const db = openDatabase(':memory:');
  t.after(() => db.destroy());
  const settings = new SettingsRepository(db);
  let now = Date.UTC(2026, 10, 23);
  const clock = { now: () => now, monotonic: () => now, delay: async () => undefined };
  const asked: string[] = [];
  const jobs = {
    request: ({ kind }: { kind: string }) => {
      asked.push(kind);
      return null as never;
    },
  };
  const start = (): StoreSchedule =>
    new StoreSchedule({ jobs, settings, clock, onFault: (error) => assert.fail(String(error)) });
  const after = async (schedule: StoreSchedule, ms: number): Promise<string[]> => {
    now += ms;
    await schedule.due();
    return asked.splice(0);
  };
  const first = start();
  assert.deepEqual(await after(first, 0), ['gc'], 'a new store has nothing old in it');
  assert.deepEqual(await after(first, DAY / 2), []);
  assert.deepEqual(await after(first, DAY / 2), ['gc']);
  const second = start();
  assert.deepEqual(await after(second, 5 * DAY), ['gc']);
  assert.deepEqual(await after(second, DAY), ['gc', 'scrub'], 'seven days after the first start');
  assert.deepEqual(await after(second, 60_000), ['scrub'], 'asked for until it was done');
  await second.noteScrubbed(now);
  assert.deepEqual(await after(second, 60_000), []);
  assert.equal(await second.scrubbedAt(), now - 60_000);
});
