import assert from 'node:assert/strict';
import test from 'node:test';
import { newTask, summarise, type TaskState } from './index.ts';

const task = (over: Partial<TaskState>): TaskState => ({ ...newTask('deploy', 0), ...over });

test('the whole deployment in one line', () => {
  const progress = {
    phase: 'writing',
    doneBytes: 0,
    totalBytes: 1,
    networkBytes: 0,
    reusedBytes: 0,
    bytesPerSecond: 1,
    secondsLeft: 301,
  } as const;
  const summary = summarise([
    task({ status: 'done' }),
    task({ status: 'running', progress }),
    task({ status: 'running', progress: { ...progress, secondsLeft: 20 } }),
    task({ status: 'failed' }),
    task({ status: 'lost' }),
    task({}),
  ]);
  assert.equal(
    summary.words,
    '1 of 6 done, 2 running, 1 waiting to be switched on, 1 failed, 1 silent, 6 min left',
  );
  assert.equal(summarise([task({ status: 'done' })]).words, '1 of 1 done');
});
