import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Pace } from './pace.ts';
import { ManualClock } from './test-support/manual-clock.ts';

test('several senders together keep the rate, in turns', async () => {
  const clock = new ManualClock();
  const pace = new Pace(100_000, clock);
  await clock.advance(50);
  const sent: string[] = [];
  const sender = async (name: string): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await pace.turn(1000);
      sent.push(name);
    }
  };
  const all = Promise.all([sender('a'), sender('b')]);
  // 20 ms are saved up: two slices of 10 ms, and the one that is due.
  await clock.advance(0);
  assert.deepEqual(sent, ['a', 'b', 'a']);
  await clock.advance(10);
  assert.equal(sent.length, 4);
  await clock.advance(20);
  assert.deepEqual(sent, ['a', 'b', 'a', 'b', 'a', 'b']);
  await all;
});

test('however it is used, no stretch of time carries more than the rate and what is saved up', async () => {
  const wish = fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), pause: fc.nat(100) });
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 20 }), async (wishes) => {
      const clock = new ManualClock();
      const pace = new Pace(100_000, clock);
      const moved: { at: number; bytes: number }[] = [];
      for (const { bytes, pause } of wishes) {
        await clock.advance(pause);
        const turn = pace.turn(bytes).then(() => moved.push({ at: clock.monotonic(), bytes }));
        await clock.advance(100);
        await turn;
      }
      for (const [i, first] of moved.entries()) {
        let sum = 0;
        for (const { at, bytes } of moved.slice(i)) {
          // A slice goes as soon as all before it is paid for.
          assert.ok(sum <= (at - first.at + 20) * 100 + 1e-6, `${sum} bytes in ${at - first.at} ms`);
          sum += bytes;
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('what came is paid for before more is taken', async () => {
  const clock = new ManualClock();
  const pace = new Pace(100_000, clock);
  await clock.advance(50);
  assert.equal(pace.came(1000), 0);
  assert.equal(pace.came(1000), 0);
  assert.equal(pace.came(1000), 10);
  assert.equal(pace.came(1000), 20);
});

test('without a rate nobody waits; a new rate holds at once, and no debt outlives the limit', async () => {
  const clock = new ManualClock();
  const pace = new Pace(null, clock);
  assert.equal(pace.limited, false);
  await pace.turn(1e12);
  assert.equal(pace.came(1e12), 0);
  pace.setRate(1000);
  assert.equal(pace.limited, true);
  assert.equal(pace.came(2000), 2000);
  pace.setRate(null);
  await pace.turn(1);
  pace.setRate(1000);
  assert.equal(pace.came(20), 20);
});

test('a slice is 50 ms of the rate, 4 to 64 KiB', () => {
  const slice = (mbit: number | null): number => new Pace(mbit === null ? null : mbit * 125_000).sliceBytes;
  assert.deepEqual([0.1, 1, 8, 40, null].map(slice), [4096, 6250, 50_000, 65_536, 65_536]);
});

test('an aborted wait ends', async () => {
  const pace = new Pace(1, new ManualClock());
  await pace.turn(1000);
  const stop = new AbortController();
  const waiting = pace.turn(1, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(pace.turn(1, stop.signal), /enough/);
});
