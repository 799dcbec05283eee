import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type FirstBootProgress,
  failedSteps,
  firstBootExpected,
  firstBootReported,
  firstBootTicked,
} from './progress.ts';
import type { StepReport } from './step-report.ts';

const STEPS = [
  { name: 'Printer', limitSeconds: 300 },
  { name: 'Office', limitSeconds: 3600 },
  { name: 'Clean up', limitSeconds: 600 },
];
const MINUTE = 60_000;

function report(step: number, state: StepReport['state'], more: Partial<StepReport> = {}): StepReport {
  const name = STEPS[step - 1]?.name ?? 'Windows';
  return { step, name, state, exitCode: null, seconds: null, attempt: 1, logTail: '', ...more };
}

const STORY = [
  report(0, 'started'),
  report(0, 'finished'),
  report(1, 'started'),
  report(1, 'waiting-for-reboot', { exitCode: 3010 }),
  report(1, 'finished', { exitCode: 3010 }),
  report(2, 'started'),
  report(2, 'started', { attempt: 2 }),
  report(2, 'failed', { attempt: 2, exitCode: 5, logTail: 'no room' }),
  report(3, 'started'),
  report(3, 'finished', { exitCode: 0 }),
];

function told(reports: readonly StepReport[], from = firstBootExpected(STEPS, 0)): FirstBootProgress {
  return reports.reduce((state, one, index) => firstBootReported(state, one, index * 1000).state, from);
}

test('a first boot is done when its last step has ended, with the names of those that failed', () => {
  const before = told(STORY.slice(0, -1));
  assert.equal(before.phase, 'running');
  const last = firstBootReported(before, report(3, 'finished', { exitCode: 0 }), 9);
  assert.equal(last.state.phase, 'done');
  assert.deepEqual(last.news.at(-1), { kind: 'done', failedSteps: ['Office'] });
  assert.deepEqual(failedSteps(last.state), ['Office']);
  assert.equal(last.state.steps[1]?.logTail, 'no room');
  assert.deepEqual(firstBootReported(last.state, report(1, 'started'), 10), { state: last.state, news: [] });
});

test('reports that come twice, or late again, change nothing but when the host was heard', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: STORY.length - 1 }), { maxLength: 40 }), (picks) => {
      // Each report comes at least once and in order; any that came already may come again in between.
      const mixed = STORY.flatMap((one, index) => [
        one,
        ...picks
          .filter((pick, place) => place % STORY.length === index && pick <= index)
          .map((pick) => STORY[pick] ?? one),
      ]);
      const { heardAt: _, ...state } = told(mixed);
      const { heardAt: __, ...wanted } = told(STORY);
      assert.deepEqual(state, wanted);
    }),
  );
});

test('silence is a failure that says where; the step at work has its own time', () => {
  const silence = { first: 1800, later: 600 };
  const words = (reports: readonly StepReport[], minutes: number): string | null => {
    const state = { ...told(reports), heardAt: 0 };
    const [news] = firstBootTicked(state, minutes * MINUTE, silence).news;
    return news?.kind === 'silent' ? news.words : null;
  };
  assert.equal(words([], 29), null);
  assert.equal(
    words([], 30),
    'No word for 30 minutes: its system has not started, or does not reach this server.',
  );
  assert.equal(words(STORY.slice(0, 1), 31), 'No word for 31 minutes: Windows was still setting itself up.');
  assert.equal(words(STORY.slice(0, 6), 69), null, '3600 s for Office and 600 s beyond');
  assert.equal(words(STORY.slice(0, 6), 70), 'No word for 70 minutes: it was at step 2 of 3 (Office).');
  assert.equal(
    words(STORY.slice(0, 4), 10),
    'No word for 10 minutes: it was to restart after step 1 of 3 (Printer).',
  );
  assert.equal(words(STORY.slice(0, 5), 10), 'No word for 10 minutes: it had ended step 1 of 3 (Printer).');
  assert.equal(words(STORY, 1e6), null);
});

test('a host that was given up is taken back when it speaks, and failed silence is told once', () => {
  const failed = firstBootTicked(told(STORY.slice(0, 3)), 1e9);
  assert.equal(failed.state.phase, 'failed');
  assert.deepEqual(firstBootTicked(failed.state, 2e9).news, []);
  const back = firstBootReported(failed.state, report(2, 'started'), 2e9);
  assert.equal(back.state.phase, 'running');
  assert.deepEqual(
    back.news.map(({ kind }) => kind),
    ['back', 'step'],
  );
});

test('a report of a step that was not planned is not taken', () => {
  const state = told(STORY.slice(0, 3));
  assert.deepEqual(firstBootReported(state, report(4, 'finished'), 9), { state, news: [] });
});
