import type { StepReport } from './step-report.ts';

/** How far the first boot of one host is, as its reports tell. Plain data, so that it may be kept in a database. */
export interface FirstBootProgress {
  readonly phase: 'waiting' | 'running' | 'done' | 'failed';
  /** As they were planned, from step 1 on. */
  readonly steps: readonly StepProgress[];
  /** When the host was last heard of, or was expected to start; milliseconds of the server's clock. */
  readonly heardAt: number;
  /** The last report that told something new, without its log; null before the first. */
  readonly last: Pick<StepReport, 'step' | 'name' | 'state' | 'attempt'> | null;
}

export interface StepProgress {
  readonly name: string;
  /** Most that may pass between two of its reports. */
  readonly limitSeconds: number;
  readonly state: 'open' | StepReport['state'];
  readonly exitCode: number | null;
  readonly seconds: number | null;
  readonly attempt: number;
  readonly logTail: string;
}

/** How long no word of a host is taken for no failure, in seconds. */
export interface Silence {
  /** Until its first report, and while Windows sets itself up: firmware, restarts, devices. */
  readonly first: number;
  /** Beyond the limit of the step that is at work. */
  readonly later: number;
}

export const FIRST_BOOT_SILENCE: Silence = { first: 60 * 60, later: 15 * 60 };

/** What a change of the state is worth telling. */
export type FirstBootNews =
  | { readonly kind: 'begun' }
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'silent'; readonly words: string }
  /** A host that was given up spoke again. */
  | { readonly kind: 'back' }
  | { readonly kind: 'done'; readonly failedSteps: readonly string[] };

export interface FirstBootTurn {
  readonly state: FirstBootProgress;
  readonly news: readonly FirstBootNews[];
}

/** @param now when the host was told to start its own disk; milliseconds of the server's clock */
export function firstBootExpected(
  steps: readonly Pick<StepProgress, 'name' | 'limitSeconds'>[],
  now: number,
): FirstBootProgress {
  const open = { state: 'open', exitCode: null, seconds: null, attempt: 0, logTail: '' } as const;
  return {
    phase: 'waiting',
    steps: steps.map(({ name, limitSeconds }) => ({ name, limitSeconds, ...open })),
    heardAt: now,
    last: null,
  };
}

/**
 * Takes a report. Steps are done in their order, so one that came before (its answer was lost) is known by its place, and
 * changes nothing but when the host was last heard of. A host that was given up is taken back. Done is done.
 */
export function firstBootReported(state: FirstBootProgress, report: StepReport, now: number): FirstBootTurn {
  if (state.phase === 'done' || report.step > state.steps.length) return { state, news: [] };
  const heard: FirstBootProgress = { ...state, heardAt: Math.max(state.heardAt, now) };
  if (state.last !== null && !isLater(report, state.last)) return { state: heard, news: [] };
  const news: FirstBootNews[] = [];
  if (state.last === null) news.push({ kind: 'begun' });
  if (state.phase === 'failed') news.push({ kind: 'back' });
  news.push({ kind: 'step', report });
  const { step: place, name, state: stepState, exitCode, seconds, attempt, logTail } = report;
  const steps = state.steps.map((step, index) =>
    index + 1 === place ? { ...step, state: stepState, exitCode, seconds, attempt, logTail } : step,
  );
  const isOver = place === steps.length && isEnd(stepState);
  const next: FirstBootProgress = {
    ...heard,
    phase: isOver ? 'done' : 'running',
    steps,
    last: { step: place, name, state: stepState, attempt },
  };
  if (isOver) news.push({ kind: 'done', failedSteps: failedSteps(next) });
  return { state: next, news };
}

/** The clock: a host that has been silent for longer than it may be has failed, and the words say at what. */
export function firstBootTicked(
  state: FirstBootProgress,
  now: number,
  silence: Silence = FIRST_BOOT_SILENCE,
): FirstBootTurn {
  if (state.phase === 'done' || state.phase === 'failed') return { state, news: [] };
  const quiet = now - state.heardAt;
  if (quiet < allowedSeconds(state, silence) * 1000) return { state, news: [] };
  const words = `No word for ${Math.floor(quiet / 60_000)} minutes: ${whatItDid(state)}.`;
  return { state: { ...state, phase: 'failed' }, news: [{ kind: 'silent', words }] };
}

/** The names of the steps that failed, in their order. */
export function failedSteps(state: FirstBootProgress): string[] {
  return state.steps.filter((step) => step.state === 'failed').map(({ name }) => name);
}

function allowedSeconds({ last, steps }: FirstBootProgress, silence: Silence): number {
  if (last === null || last.step === 0) return silence.first;
  const working = last.state === 'started' ? (steps[last.step - 1]?.limitSeconds ?? 0) : 0;
  return silence.later + working;
}

function isEnd(state: StepReport['state']): boolean {
  return state === 'finished' || state === 'failed' || state === 'skipped';
}

/** Within a try a step is started, may ask for a restart, and ends. */
function isLater(report: StepReport, last: NonNullable<FirstBootProgress['last']>): boolean {
  if (report.step !== last.step) return report.step > last.step;
  if (report.attempt !== last.attempt) return report.attempt > last.attempt;
  const rank = (state: StepReport['state']): number => (isEnd(state) ? 2 : state === 'started' ? 0 : 1);
  return rank(report.state) > rank(last.state);
}

function whatItDid({ last, steps }: FirstBootProgress): string {
  if (last === null) return 'its system has not started, or does not reach this server';
  if (last.step === 0) {
    return isEnd(last.state)
      ? 'its first boot had begun, but no step of it'
      : 'Windows was still setting itself up';
  }
  const step = `step ${last.step} of ${steps.length} (${last.name})`;
  if (last.state === 'started') return `it was at ${step}`;
  return last.state === 'waiting-for-reboot' ? `it was to restart after ${step}` : `it had ended ${step}`;
}
