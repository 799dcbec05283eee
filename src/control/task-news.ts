import type { TaskRow } from '../db/index.ts';
import { ENDED, summarise, type TaskEffect, type TaskState } from '../deployment/index.ts';
import type { EventHub } from './event-hub.ts';

/** Tells of a task that was moved: its status or phase, and what the state machine wants announced. */
export async function tellOfTask(
  hub: EventHub,
  task: TaskRow,
  before: TaskState,
  effects: readonly TaskEffect[],
): Promise<void> {
  const about = { hostId: task.host_id, taskId: task.id };
  if (before.status !== task.state.status) {
    const level = task.state.status === 'failed' ? 'error' : 'info';
    const words = `${task.host_name}: ${task.state.status}`;
    await hub.publish('task', { kind: 'changed', level, words, ...about });
  } else if (before.progress?.phase !== task.state.progress?.phase) {
    const words = `${task.host_name}: ${task.state.progress?.phase ?? ''}`;
    await hub.publish('task', { kind: 'phase', level: 'info', words, ...about });
  }
  for (const effect of effects) {
    if (effect.type !== 'announce') continue;
    const words = `${task.host_name}: ${effect.words}`;
    await hub.publish('task', { kind: 'announced', level: effect.level, words, ...about });
  }
}

/** Tells that the last task of a deployment has ended. */
export async function tellOfEnd(hub: EventHub, tasks: readonly TaskRow[]): Promise<void> {
  const [first] = tasks;
  if (first === undefined || tasks.some((task) => !ENDED.has(task.state.status))) return;
  const { words, failed } = summarise(tasks.map((task) => task.state));
  const what = first.state.kind === 'deploy' ? 'deployment' : 'capture';
  await hub.publish('deployment', {
    kind: 'finished',
    level: failed > 0 ? 'warning' : 'info',
    words: `The ${what} ${first.deployment_id} has ended: ${words}.`,
  });
}
