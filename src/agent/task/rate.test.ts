import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateEstimator } from './rate.ts';

test('a steady flow gives its speed and the time left', () => {
  const rate = new RateEstimator();
  for (let second = 0; second <= 30; second++) rate.add(second * 1000, second * 1e6);
  assert.equal(rate.bytesPerSecond, 1e6);
  assert.equal(rate.secondsLeft(90e6), 60);
});

test('nothing is said in the first moment, nor when nothing moves', () => {
  const rate = new RateEstimator();
  rate.add(0, 0);
  rate.add(1000, 5e6);
  assert.equal(rate.bytesPerSecond, 0);
  assert.equal(rate.secondsLeft(10e6), null);
  for (let second = 2; second <= 20; second++) rate.add(second * 1000, 5e6);
  assert.equal(rate.secondsLeft(10e6), null);
});

test('a change of speed is all that counts after ten seconds', () => {
  const rate = new RateEstimator();
  for (let second = 0; second <= 20; second++) rate.add(second * 1000, second * 8e6);
  for (let second = 21; second <= 30; second++) rate.add(second * 1000, 160e6 + (second - 20) * 2e6);
  assert.equal(rate.bytesPerSecond, 2e6);
});

test('progress that goes back starts anew', () => {
  const rate = new RateEstimator();
  rate.add(0, 0);
  rate.add(5000, 5e6);
  rate.add(6000, 0);
  assert.equal(rate.bytesPerSecond, 0);
});

test('never negative, never infinite', () => {
  const step = fc.record({
    ms: fc.integer({ min: 0, max: 5000 }),
    bytes: fc.integer({ min: -1e6, max: 1e9 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const rate = new RateEstimator();
      let at = 0;
      let done = 0;
      for (const { ms, bytes } of steps) {
        at += ms;
        done = Math.max(0, done + bytes);
        rate.add(at, done);
        assert.ok(Number.isFinite(rate.bytesPerSecond) && rate.bytesPerSecond >= 0);
        const left = rate.secondsLeft(done + 1000);
        assert.ok(left === null || (Number.isFinite(left) && left >= 0));
      }
    }),
  );
});
