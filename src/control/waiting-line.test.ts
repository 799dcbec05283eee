import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** A line in virtual time; `pass` lets time pass, timers and immediates included. */
function lineOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const clock = { ms: 0, monotonic: () => clock.ms };
  const line = new WaitingLine(clock, () => 1);
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i++) {
      clock.ms++;
      t.mock.timers.tick(1);
    }
  };
  return { line, clock, pass };
}

/** Somebody who is content as soon as `has` says so, and what it was told. */
function waiterOf(over: Partial<Waiter>, has: () => boolean = () => false) {
  const tries: [last: boolean, due: number][] = [];
  const attempt = (last: boolean, due: number): boolean => {
    tries.push([last, due]);
    return last || has();
  };
  const waiter: Waiter = { from: 0, until: 1000, attempt, ...over };
  return { waiter, tries };
}

test('who waits is tried again some time after a change, once for many changes', (t) => {
  const { line, pass } = lineOf(t);
  let there = false;
  const { waiter, tries } = waiterOf({}, () => there);
  line.add(waiter, true);
  pass(10);
  assert.deepEqual(tries, []);
  line.wake(5);
  line.wake(50);
  line.wake(7);
  pass(5);
  assert.deepEqual(tries, [[false, 15]]);
  there = true;
  pass(100);
  assert.equal(tries.length, 1, 'nothing has changed since');
  line.wake(5);
  pass(5);
  assert.deepEqual(tries.at(-1), [false, 120]);
  line.wake(5);
  pass(2000);
  assert.equal(tries.length, 2, 'it has its answer');
});

test('many that wait are spread over the time until they are tried, and each is tried once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const clock = { ms: 0, monotonic: () => clock.ms };
  let turn = 0;
  const line = new WaitingLine(clock, () => (turn++ % 11) / 10);
  const some = Array.from({ length: 11 }, () => waiterOf({}));
  for (const { waiter } of some) line.add(waiter, true);
  line.wake(100);
  line.wake(100);
  for (; clock.ms <= 200; clock.ms++) t.mock.timers.tick(1);
  const dues = some.map(({ tries }) => tries.map(([, due]) => Math.round(due)));
  assert.deepEqual(
    dues,
    Array.from({ length: 11 }, (_, i) => [50 + 5 * i]),
  );
});

test('who waits gets an answer when its time is over', (t) => {
  const { line, pass } = lineOf(t);
  const { waiter, tries } = waiterOf({ until: 30 });
  line.add(waiter, true);
  pass(29);
  assert.deepEqual(tries, []);
  pass(1);
  assert.deepEqual(tries, [[true, 30]]);
});

test('nobody is tried before its time, and then without a change', (t) => {
  const { line, pass } = lineOf(t);
  const { waiter, tries } = waiterOf({ from: 20, until: 100 });
  line.add(waiter, false);
  line.wake(3);
  pass(19);
  assert.deepEqual(tries, []);
  pass(1);
  assert.deepEqual(tries, [[false, 20]]);
  pass(79);
  assert.equal(tries.length, 1);
  pass(1);
  assert.deepEqual(tries.at(-1), [true, 100]);
});

test('who has gone is tried no more', (t) => {
  const { line, pass } = lineOf(t);
  const { waiter, tries } = waiterOf({ until: 30 });
  line.add(waiter, true);
  line.delete(waiter);
  line.wake(1);
  pass(50);
  assert.deepEqual([tries, line.size], [[], 0]);
});

test('a long round lets others in between, in the order of waiting, and how late it was is no part of the wait', async () => {
  const clock = { ms: 0, monotonic: () => clock.ms };
  const line = new WaitingLine(clock, () => 1);
  const order: number[] = [];
  const dues = new Set<number>();
  const all = Promise.withResolvers<void>();
  let between = 0;
  const other = (): void => {
    between = order.length;
    if (between < 10) setImmediate(other);
  };
  for (let i = 0; i < 10; i++) {
    const attempt = (_last: boolean, due: number): boolean => {
      if (i === 0) setImmediate(other);
      clock.ms += 2;
      dues.add(due);
      if (i === 9) all.resolve();
      return order.push(i) > 0;
    };
    line.add({ from: 0, until: 1000, attempt }, true);
  }
  line.wake(4);
  clock.ms += 4;
  await all.promise;
  assert.deepEqual([order, dues], [Array.from({ length: 10 }, (_, i) => i), new Set([4])]);
  assert.ok(between > 0 && between < 10, `others had their turn after ${between}`);
});

test('when it stops, everybody gets an answer and nothing is left to ring', (t) => {
  const { line, pass } = lineOf(t);
  const some = [waiterOf({}), waiterOf({ from: 50 })];
  for (const { waiter } of some) line.add(waiter, false);
  line.stop();
  pass(2000);
  for (const { tries } of some) assert.deepEqual(tries, [[true, 0]]);
});
