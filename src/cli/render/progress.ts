import type { DeploymentView, TaskView } from '../../api/index.ts';
import { percentOf } from '../format/quantity.ts';

/** How one machine stands. */
export interface TaskProgress {
  readonly task: string;
  readonly host: string;
  readonly status: TaskView['status'];
  /** What it does at the moment; null while nothing runs. */
  readonly phase: string | null;
  readonly percent: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Compressed bytes that came over the network so far. */
  readonly networkBytes: number;
  /** Bytes that were on the disk already (capture: in the store) and were not sent. */
  readonly reusedBytes: number;
  readonly words: string;
  /** What to do about a failure. */
  readonly next: string | null;
}

/** How a whole deployment stands: the one thing that text and JSON progress are made from. */
export interface DeploymentProgress {
  readonly deployment: string;
  readonly kind: DeploymentView['kind'];
  readonly open: boolean;
  readonly words: string;
  readonly counts: DeploymentView['counts'];
  readonly secondsLeft: number | null;
  readonly tasks: readonly TaskProgress[];
}

export function progressOf(deployment: DeploymentView): DeploymentProgress {
  return {
    deployment: deployment.id,
    kind: deployment.kind,
    open: deployment.open,
    words: deployment.words,
    counts: deployment.counts,
    secondsLeft: deployment.secondsLeft,
    tasks: deployment.tasks.map(taskProgress),
  };
}

function taskProgress(task: TaskView): TaskProgress {
  const running = task.status === 'running' || task.status === 'cancelling' ? task.progress : null;
  return {
    task: task.id,
    host: task.hostName,
    status: task.status,
    phase: running?.phase ?? null,
    percent: running === null ? null : percentOf(running.doneBytes, running.totalBytes),
    bytesPerSecond: running?.bytesPerSecond ?? null,
    secondsLeft: running?.secondsLeft ?? null,
    networkBytes: task.progress?.networkBytes ?? 0,
    reusedBytes: task.progress?.reusedBytes ?? 0,
    words: task.failure?.message ?? task.words,
    next: task.failure?.next ?? null,
  };
}
