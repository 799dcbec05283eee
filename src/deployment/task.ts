/** What one host has to do in one order. */
export type TaskKind = 'deploy' | 'capture';

/**
 * - `waiting`: for the host to be switched on
 * - `booting`: the host was sent into the boot environment
 * - `running`: its agent has taken the order
 * - `cancelling`: a person stopped it, the agent has not confirmed yet
 * - `lost`: no word for too long; ends by itself when the host comes back
 * - `done`, `failed`, `cancelled`: ended
 */
export type TaskStatus =
  | 'waiting'
  | 'booting'
  | 'running'
  | 'cancelling'
  | 'lost'
  | 'done'
  | 'failed'
  | 'cancelled';

/** The steps of a running task, in order, as people see them. */
export type TaskPhase =
  | 'preparing'
  | 'surveying'
  | 'reading'
  | 'writing'
  | 'verifying'
  | 'growing'
  | 'personalising'
  | 'finishing';

export interface TaskProgress {
  readonly phase: TaskPhase;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly networkBytes: number;
  readonly reusedBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface TaskFailure {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly kind: 'permanent' | 'transient';
}

/** The state that the machine in `reduce.ts` moves; times are milliseconds since the epoch. */
export interface TaskState {
  readonly kind: TaskKind;
  readonly status: TaskStatus;
  /** How often the order was handed to an agent. */
  readonly attempts: number;
  /** How often the boot environment was handed out without the agent taking the order. */
  readonly boots: number;
  readonly progress: TaskProgress | null;
  readonly failure: TaskFailure | null;
  readonly warnings: readonly string[];
  /** One sentence on how it ended, '' until then. */
  readonly words: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The host's last sign of life for this task. */
  readonly contactAt: number | null;
}

export type TaskEvent =
  | { readonly type: 'boot-sent'; readonly at: number }
  | { readonly type: 'taken'; readonly at: number }
  | { readonly type: 'progress'; readonly at: number; readonly progress: TaskProgress }
  | {
      readonly type: 'finished';
      readonly at: number;
      readonly words: string;
      readonly warnings: readonly string[];
    }
  | { readonly type: 'failed'; readonly at: number; readonly failure: TaskFailure }
  /** The server itself sees that it cannot be done: its image is gone. */
  | { readonly type: 'give-up'; readonly at: number; readonly failure: TaskFailure }
  | { readonly type: 'cancel'; readonly at: number; readonly by: string }
  | { readonly type: 'cancelled'; readonly at: number; readonly by: string }
  /** The clock was looked at; long silence becomes `lost`, a closed window ends a task never begun. */
  | { readonly type: 'tick'; readonly at: number; readonly opensUntil: number | null }
  | { readonly type: 'retry'; readonly at: number };

/** What the caller has to carry out after a change. */
export type TaskEffect =
  /** Tell everybody: the event stream, the timeline of the host, the log. */
  | { readonly type: 'announce'; readonly level: 'info' | 'warning' | 'error'; readonly words: string }
  /** The task has ended: its chunks may be collected again, its saved code forgotten. */
  | { readonly type: 'release' }
  /** A capture ended without a commit: its uploaded chunks are given back. */
  | { readonly type: 'abandon-capture' };

export const ENDED: ReadonlySet<TaskStatus> = new Set(['done', 'failed', 'cancelled']);

export function newTask(kind: TaskKind, at: number): TaskState {
  return {
    kind,
    status: 'waiting',
    attempts: 0,
    boots: 0,
    progress: null,
    failure: null,
    warnings: [],
    words: '',
    createdAt: at,
    startedAt: null,
    endedAt: null,
    contactAt: null,
  };
}
