import { ENDED, newTask, type TaskEffect, type TaskEvent, type TaskFailure, type TaskState } from './task.ts';

/** No word from a running agent for this long and the host counts as lost. It reports once a second. */
export const SILENCE_MS = 60_000;
/** A boot environment that was handed out has this long to say hello: slow disks, spanning tree, 1 GiB hosts. */
export const BOOT_SILENCE_MS = 10 * 60_000;
/** So many boots without the agent taking the order, and it is no accident any more. */
export const MAX_BOOTS = 6;
/** So many agents that took the order and came back for it: the host crashes at the same place each time. */
export const MAX_ATTEMPTS = 6;
/** A host that is silent for this long is given up; a retry takes it up again. */
export const GIVE_UP_MS = 24 * 3_600_000;

/** What only an agent that has taken the order can say. */
const REPORTS: ReadonlySet<TaskEvent['type']> = new Set(['progress', 'finished', 'failed', 'cancelled']);
/** An agent reports once a second: heard this recently, it runs, and a boot script was asked for by somebody else. */
export const ALIVE_MS = 15_000;

interface Step {
  readonly state: TaskState;
  readonly effects: readonly TaskEffect[];
}

/**
 * The task's state machine: pure, total (an event that makes no sense in a state changes nothing), and
 * safe to feed the same event twice.
 */
export function reduce(state: TaskState, event: TaskEvent): Step {
  if (ENDED.has(state.status)) return event.type === 'retry' ? retry(state, event.at) : same(state);
  // What is reported before anybody took the order is of an earlier try: a report that was sent twice.
  if (state.attempts === 0 && REPORTS.has(event.type)) return same(state);
  switch (event.type) {
    case 'boot-sent':
      return bootSent(state, event.at);
    case 'taken':
      return taken(state, event.at);
    case 'progress':
      return {
        state: {
          ...state,
          status: state.status === 'cancelling' ? 'cancelling' : 'running',
          progress: event.progress,
          contactAt: event.at,
        },
        effects:
          state.status === 'lost' ? [{ type: 'announce', level: 'info', words: 'is back and goes on' }] : [],
      };
    case 'finished':
      return end({ ...state, warnings: event.warnings, contactAt: event.at }, 'done', event.words, event.at);
    case 'failed':
      return fail({ ...state, contactAt: event.at }, event.failure, event.at);
    case 'give-up':
      return fail(state, event.failure, event.at);
    case 'cancel':
      if (state.status === 'waiting') return end(state, 'cancelled', `cancelled by ${event.by}`, event.at);
      return state.status === 'cancelling'
        ? same(state)
        : { state: { ...state, status: 'cancelling', contactAt: event.at }, effects: [] };
    case 'cancelled':
      return end(state, 'cancelled', `cancelled by ${event.by}`, event.at);
    case 'tick':
      return tick(state, event.at, event.opensUntil);
    case 'retry':
      return same(state);
  }
}

function same(state: TaskState): Step {
  return { state, effects: [] };
}

function bootSent(state: TaskState, at: number): Step {
  const heardOf = state.contactAt !== null && at - state.contactAt < ALIVE_MS;
  if (heardOf && (state.status === 'running' || state.status === 'cancelling')) return same(state);
  // A host that is to stop and boots again has stopped: whatever ran on it is gone.
  if (state.status === 'cancelling') return end(state, 'cancelled', 'cancelled; the host started anew', at);
  if (state.boots >= MAX_BOOTS) {
    return fail(
      state,
      {
        code: 'boot-loop',
        message: `The host was sent into the boot environment ${state.boots} times and never took its order.`,
        next: 'Look at its screen while it boots; then retry the task.',
        kind: 'permanent',
      },
      at,
    );
  }
  return {
    state: { ...state, status: 'booting', boots: state.boots + 1, contactAt: at },
    effects: state.status === 'running' ? [warn('started anew in the middle of its task; it goes on')] : [],
  };
}

function taken(state: TaskState, at: number): Step {
  if (state.status === 'cancelling') return end(state, 'cancelled', 'cancelled before it began', at);
  if (state.attempts >= MAX_ATTEMPTS) {
    return fail(
      state,
      {
        code: 'task-loop',
        message: `The host took its order ${state.attempts} times and never came to an end.`,
        next: 'Look at its screen and its memory and disk; then retry the task.',
        kind: 'permanent',
      },
      at,
    );
  }
  return {
    state: {
      ...state,
      status: 'running',
      attempts: state.attempts + 1,
      boots: 0,
      startedAt: state.startedAt ?? at,
      contactAt: at,
    },
    effects: [],
  };
}

function tick(state: TaskState, at: number, opensUntil: number | null): Step {
  const silentMs = state.contactAt === null ? 0 : at - state.contactAt;
  // A host that booted but never took its order has not begun either.
  if (state.startedAt === null && opensUntil !== null && at > opensUntil) {
    if (state.status === 'waiting' || state.status === 'lost') {
      return end(state, 'cancelled', 'never began while the deployment was open', at);
    }
  }
  switch (state.status) {
    case 'booting':
      return silentMs > BOOT_SILENCE_MS
        ? lost(state, 'was sent into the boot environment and has not been heard of since')
        : same(state);
    case 'running':
      return silentMs > SILENCE_MS ? lost(state, 'is silent: no word for a minute') : same(state);
    case 'cancelling':
      return silentMs > SILENCE_MS
        ? end(state, 'cancelled', 'cancelled; the host did not confirm, so look at it', at)
        : same(state);
    case 'lost':
      return silentMs > GIVE_UP_MS ? fail(state, GIVEN_UP, at) : same(state);
    default:
      return same(state);
  }
}

const GIVEN_UP: TaskFailure = {
  code: 'contact-lost',
  message: 'The host has been silent for a day in the middle of its task.',
  next: 'Switch it on and look at its screen; then retry the task.',
  kind: 'permanent',
};

function lost(state: TaskState, words: string): Step {
  return { state: { ...state, status: 'lost' }, effects: [warn(words)] };
}

function warn(words: string): TaskEffect {
  return { type: 'announce', level: 'warning', words };
}

function end(state: TaskState, status: 'done' | 'cancelled', words: string, at: number): Step {
  const effects: TaskEffect[] = [{ type: 'announce', level: 'info', words }, { type: 'release' }];
  if (state.kind === 'capture' && status === 'cancelled') effects.push({ type: 'abandon-capture' });
  return { state: { ...state, status, words, failure: null, endedAt: at }, effects };
}

function fail(state: TaskState, failure: TaskFailure, at: number): Step {
  const effects: TaskEffect[] = [
    { type: 'announce', level: 'error', words: `${failure.message} ${failure.next}` },
    { type: 'release' },
  ];
  if (state.kind === 'capture') effects.push({ type: 'abandon-capture' });
  return { state: { ...state, status: 'failed', failure, words: failure.message, endedAt: at }, effects };
}

/** A failed or cancelled task goes back to waiting; one that is done stays done. */
function retry(state: TaskState, at: number): Step {
  if (state.status === 'done') return same(state);
  return {
    state: { ...newTask(state.kind, state.createdAt), contactAt: at },
    effects: [{ type: 'announce', level: 'info', words: 'is to be tried again' }],
  };
}
