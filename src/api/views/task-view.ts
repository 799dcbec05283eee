import type { DeploymentRow, TaskRow } from '../../db/index.ts';
import { ENDED, summarise } from '../../deployment/index.ts';
import type { DeploymentView, TaskView } from '../schemas/index.ts';
import { isoOf } from './time.ts';

export function taskView(task: TaskRow): TaskView {
  const { state } = task;
  return {
    id: task.id,
    deploymentId: task.deployment_id,
    kind: state.kind,
    hostId: task.host_id,
    hostName: task.host_name,
    image: task.image,
    version: task.version,
    status: state.status,
    progress: state.progress,
    failure: state.failure,
    warnings: [...state.warnings],
    words: stateWords(task),
    attempts: state.attempts,
    createdAt: new Date(state.createdAt).toISOString(),
    startedAt: isoOf(state.startedAt),
    endedAt: isoOf(state.endedAt),
    contactAt: isoOf(state.contactAt),
  };
}

export function deploymentView(deployment: DeploymentRow, tasks: readonly TaskRow[]): DeploymentView {
  const { words, secondsLeft, ...counts } = summarise(tasks.map((task) => task.state));
  return {
    id: deployment.id,
    kind: deployment.kind,
    orderedBy: deployment.ordered_by,
    createdAt: new Date(deployment.created_at).toISOString(),
    opensUntil: isoOf(deployment.opens_until),
    limit: deployment.network.limit,
    hostLimit: deployment.network.hostLimit,
    open: tasks.some((task) => !ENDED.has(task.state.status)),
    words,
    counts,
    secondsLeft,
    tasks: tasks.map(taskView),
  };
}

/** How a task stands, in words: "writing 43 %". */
export function stateWords({ state }: TaskRow): string {
  switch (state.status) {
    case 'waiting':
      return 'waiting to be switched on';
    case 'booting':
      return 'booting';
    case 'running': {
      const { progress } = state;
      if (progress === null) return 'starting';
      if (progress.totalBytes === 0) return progress.phase;
      return `${progress.phase} ${Math.floor((100 * progress.doneBytes) / progress.totalBytes)} %`;
    }
    case 'cancelling':
      return 'stopping';
    case 'lost':
      return 'silent';
    default:
      return state.words === '' ? state.status : state.words;
  }
}
