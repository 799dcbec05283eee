import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../clock.ts';
import type { Report } from '../../protocol/index.ts';
import { ProgressMeter } from './progress-meter.ts';
import { TaskReporter } from './task-reporter.ts';

const signal = new AbortController().signal;

function reporterOf(report: (report: Report, signal: AbortSignal) => Promise<void>) {
  const meter = new ProgressMeter();
  return new TaskReporter({
    link: {
      report: async (_, message, callSignal) => {
        await report(message, callSignal);
        return { cancel: false };
      },
    },
    taskId: 't1',
    clock: systemClock,
    latest: () => meter.latest,
    onCancel: () => undefined,
    onRefused: () => undefined,
  });
}

test('lines that were on their way when the task ended are sent at its end', async () => {
  const sent: Report[] = [];
  const { promise: underWay, resolve: begun } = Promise.withResolvers<void>();
  let away = true;
  const reporter = reporterOf((report, callSignal) => {
    if (!away) {
      sent.push(report);
      return Promise.resolve();
    }
    begun();
    return new Promise((_, reject) => {
      callSignal.addEventListener('abort', () => reject(callSignal.reason), { once: true });
    });
  });
  reporter.log('first');
  reporter.start();
  await underWay;
  reporter.log('second');
  await reporter.stop();
  away = false;
  await reporter.flushLog(signal);
  assert.deepEqual(sent, [{ kind: 'log', lines: ['first', 'second'] }]);
});

test('of a log without end the newest lines are kept', async () => {
  const sent: Report[] = [];
  const reporter = reporterOf((report) => Promise.resolve(void sent.push(report)));
  for (let i = 0; i < 300; i++) reporter.log(`line ${i}`);
  await reporter.flushLog(signal);
  await reporter.flushLog(signal);
  const [only, ...more] = sent;
  assert.deepEqual(more, []);
  assert.ok(only?.kind === 'log');
  assert.deepEqual([only.lines.length, only.lines[0], only.lines.at(-1)], [200, 'line 100', 'line 299']);
});
