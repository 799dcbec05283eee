import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  ALIVE_MS,
  BOOT_SILENCE_MS,
  ENDED,
  MAX_ATTEMPTS,
  MAX_BOOTS,
  newTask,
  reduce,
  SILENCE_MS,
  type TaskEvent,
  type TaskProgress,
  type TaskState,
} from './index.ts';

const progress: TaskProgress = {
  phase: 'writing',
  doneBytes: 1,
  totalBytes: 2,
  networkBytes: 1,
  reusedBytes: 0,
  bytesPerSecond: 1,
  secondsLeft: 1,
};
const failure = { code: 'disk-too-small', message: 'No.', next: 'Do.', kind: 'permanent' } as const;

function play(kind: 'deploy' | 'capture', events: readonly TaskEvent[]): TaskState {
  return events.reduce((state, event) => reduce(state, event).state, newTask(kind, 0));
}

test('the plain way: waiting, booting, running, done', () => {
  const state = play('deploy', [
    { type: 'boot-sent', at: 1 },
    { type: 'taken', at: 2 },
    { type: 'progress', at: 3, progress },
    { type: 'finished', at: 4, words: 'ready', warnings: ['w'] },
  ]);
  assert.equal(state.status, 'done');
  assert.deepEqual([state.startedAt, state.endedAt, state.attempts], [2, 4, 1]);
  assert.deepEqual(state.warnings, ['w']);
});

test('a silent host is lost, and found again by its next word', () => {
  const running = play('deploy', [
    { type: 'taken', at: 0 },
    { type: 'progress', at: 1000, progress },
  ]);
  const early = reduce(running, { type: 'tick', at: 1000 + SILENCE_MS, opensUntil: null });
  assert.equal(early.state.status, 'running');
  const late = reduce(running, { type: 'tick', at: 1001 + SILENCE_MS, opensUntil: null });
  assert.equal(late.state.status, 'lost');
  assert.equal(late.effects[0]?.type, 'announce');
  const back = reduce(late.state, { type: 'progress', at: 99_000, progress });
  assert.equal(back.state.status, 'running');
});

test('a power cut: the host boots again and takes the same order', () => {
  const state = play('deploy', [
    { type: 'taken', at: 0 },
    { type: 'boot-sent', at: ALIVE_MS },
    { type: 'taken', at: ALIVE_MS + 10_000 },
  ]);
  assert.deepEqual([state.status, state.attempts, state.boots], ['running', 2, 0]);
});

test('a host that never takes its order fails with the reason', () => {
  let state = newTask('deploy', 0);
  for (let boot = 0; boot < MAX_BOOTS; boot++) state = reduce(state, { type: 'boot-sent', at: boot }).state;
  assert.equal(state.status, 'booting');
  state = reduce(state, { type: 'boot-sent', at: 99 }).state;
  assert.equal(state.failure?.code, 'boot-loop');
});

test('a host that takes its order again and again fails with the reason', () => {
  let state = newTask('deploy', 0);
  for (let take = 0; take <= MAX_ATTEMPTS; take++) state = reduce(state, { type: 'taken', at: take }).state;
  assert.equal(state.failure?.code, 'task-loop');
});

test('a booting host that stays silent is lost', () => {
  const state = play('deploy', [
    { type: 'boot-sent', at: 0 },
    { type: 'tick', at: BOOT_SILENCE_MS + 1, opensUntil: null },
  ]);
  assert.equal(state.status, 'lost');
});

test('a window that closes lets off only hosts that never began', () => {
  assert.equal(play('deploy', [{ type: 'tick', at: 11, opensUntil: 10 }]).status, 'cancelled');
  const begun = play('deploy', [
    { type: 'taken', at: 9 },
    { type: 'tick', at: 11, opensUntil: 10 },
  ]);
  assert.equal(begun.status, 'running');
});

test('cancel: at once while waiting, else when the agent confirms, is silent or boots anew', () => {
  const cancel: TaskEvent = { type: 'cancel', at: 5, by: 'admin' };
  assert.equal(play('deploy', [cancel]).status, 'cancelled');
  const asked = play('capture', [{ type: 'taken', at: 1 }, cancel]);
  assert.equal(asked.status, 'cancelling');
  assert.equal(reduce(asked, { type: 'progress', at: 6, progress }).state.status, 'cancelling');
  const confirmed = reduce(asked, { type: 'cancelled', at: 6, by: 'server' });
  assert.equal(confirmed.state.status, 'cancelled');
  assert.ok(confirmed.effects.some((effect) => effect.type === 'abandon-capture'));
  const spoofed = reduce(asked, { type: 'boot-sent', at: 5 + ALIVE_MS - 1 });
  assert.equal(spoofed.state.status, 'cancelling', 'it was heard of just now: somebody else asked');
  assert.equal(reduce(asked, { type: 'boot-sent', at: 5 + ALIVE_MS }).state.status, 'cancelled');
  assert.equal(
    reduce(asked, { type: 'tick', at: 6 + SILENCE_MS, opensUntil: null }).state.status,
    'cancelled',
  );
});

test('retry opens a failed task anew and leaves a done one alone', () => {
  const failed = play('deploy', [
    { type: 'taken', at: 1 },
    { type: 'failed', at: 2, failure },
  ]);
  const again = reduce(failed, { type: 'retry', at: 3 }).state;
  assert.deepEqual([again.status, again.attempts, again.failure], ['waiting', 0, null]);
  const done = play('deploy', [
    { type: 'taken', at: 1 },
    { type: 'finished', at: 2, words: '', warnings: [] },
    { type: 'retry', at: 3 },
  ]);
  assert.equal(done.status, 'done');
});

const anyEvent: fc.Arbitrary<TaskEvent> = fc.oneof(
  fc.constantFrom<TaskEvent>(
    { type: 'boot-sent', at: 1 },
    { type: 'taken', at: 1 },
    { type: 'progress', at: 1, progress },
    { type: 'finished', at: 1, words: 'x', warnings: [] },
    { type: 'failed', at: 1, failure },
    { type: 'give-up', at: 1, failure },
    { type: 'cancel', at: 1, by: 'a' },
    { type: 'cancelled', at: 1, by: 'a' },
    { type: 'retry', at: 1 },
  ),
  fc
    .integer({ min: 0, max: 10 ** 7 })
    .map((at): TaskEvent => ({ type: 'tick', at, opensUntil: 5 * 10 ** 6 })),
);

test("boot scripts asked for in a running host's name do not touch its task", () => {
  let state = play('deploy', [
    { type: 'taken', at: 0 },
    { type: 'progress', at: 1000, progress },
  ]);
  for (let i = 0; i < 20; i++) state = reduce(state, { type: 'boot-sent', at: 1000 + i }).state;
  assert.equal(state.status, 'running');
});

test('a report sent twice does not reach the task that was opened anew', () => {
  const waiting = play('deploy', [
    { type: 'taken', at: 1 },
    { type: 'failed', at: 2, failure },
    { type: 'retry', at: 3 },
  ]);
  const late: TaskEvent[] = [
    { type: 'failed', at: 4, failure },
    { type: 'finished', at: 4, words: 'x', warnings: [] },
    { type: 'cancelled', at: 4, by: 'host' },
    { type: 'progress', at: 4, progress },
  ];
  for (const event of late) assert.equal(reduce(waiting, event).state, waiting);
});

test('the server gives a task up that cannot be done', () => {
  assert.equal(play('deploy', [{ type: 'give-up', at: 1, failure }]).failure?.code, 'disk-too-small');
});

test('any history: ended states only leave by retry, an end always releases, nothing stays open for ever', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('deploy', 'capture'),
      fc.array(anyEvent, { maxLength: 60 }),
      (kind, events) => {
        let state = newTask(kind, 0);
        for (const event of events) {
          const step = reduce(state, event);
          if (ENDED.has(state.status) && event.type !== 'retry') assert.equal(step.state, state);
          if (!ENDED.has(state.status) && ENDED.has(step.state.status)) {
            assert.ok(step.effects.some((effect) => effect.type === 'release'));
            assert.notEqual(step.state.endedAt, null);
          }
          assert.equal(step.state.status === 'failed', step.state.failure !== null);
          state = step.state;
        }
        // Left alone, the clock brings every task to an end or to "lost", never to silence in progress.
        for (let day = 1; day <= 3; day++) {
          state = reduce(state, { type: 'tick', at: day * 10 ** 9, opensUntil: 5 * 10 ** 6 }).state;
        }
        assert.ok(ENDED.has(state.status) || state.status === 'lost', state.status);
      },
    ),
  );
});
