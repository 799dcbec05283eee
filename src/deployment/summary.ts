import type { TaskState, TaskStatus } from './task.ts';

/** Counts and the longest time left over the tasks of one deployment. */
export interface DeploymentSummary {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly running: number;
  readonly waiting: number;
  readonly lost: number;
  /** Null while no running task can tell. */
  readonly secondsLeft: number | null;
  /** "27 of 30 done, 2 running, 1 failed, 6 min left" */
  readonly words: string;
}

const GROUP: Readonly<Record<TaskStatus, 'done' | 'failed' | 'cancelled' | 'running' | 'waiting' | 'lost'>> =
  {
    waiting: 'waiting',
    booting: 'running',
    running: 'running',
    cancelling: 'running',
    lost: 'lost',
    done: 'done',
    failed: 'failed',
    cancelled: 'cancelled',
  };

export function summarise(tasks: readonly TaskState[]): DeploymentSummary {
  const counts = { done: 0, failed: 0, cancelled: 0, running: 0, waiting: 0, lost: 0 };
  let secondsLeft: number | null = null;
  for (const task of tasks) {
    counts[GROUP[task.status]] += 1;
    const left = task.status === 'running' ? (task.progress?.secondsLeft ?? null) : null;
    if (left !== null && (secondsLeft === null || left > secondsLeft)) secondsLeft = left;
  }
  const parts = [`${counts.done} of ${tasks.length} done`];
  if (counts.running > 0) parts.push(`${counts.running} running`);
  if (counts.waiting > 0) parts.push(`${counts.waiting} waiting to be switched on`);
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.lost > 0) parts.push(`${counts.lost} silent`);
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`);
  if (secondsLeft !== null) {
    parts.push(secondsLeft < 60 ? 'less than a minute left' : `${Math.ceil(secondsLeft / 60)} min left`);
  }
  return { total: tasks.length, ...counts, secondsLeft, words: parts.join(', ') };
}
