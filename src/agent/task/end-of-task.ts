import type { After, Report } from '../../protocol/index.ts';
import type { Scene } from '../console/state.ts';
import type { Order, Outcome } from './task-run.ts';

/** What the server is told of an outcome. */
export function reportOf(outcome: Outcome): Report {
  switch (outcome.kind) {
    case 'finished':
      return {
        kind: 'finished',
        words: outcome.result.words.slice(0, 2000),
        warnings: outcome.result.warnings.slice(0, 50).map((words) => words.slice(0, 2000)),
      };
    case 'failed': {
      const { code, message, next, kind } = outcome.error;
      return {
        kind: 'failed',
        failure: { code, message: message.slice(0, 4000), next: next.slice(0, 1000), kind },
      };
    }
    case 'cancelled':
      return { kind: 'cancelled', by: outcome.by };
  }
}

/** What becomes of the host: a failure stays on the screen until somebody has seen it. */
export function afterOf(order: Order, outcome: Outcome): After {
  return outcome.kind === 'failed' ? 'stay' : order.after;
}

/** What the screen shows of an outcome. */
export function sceneOf(order: Order, outcome: Outcome): Scene {
  const after = AFTER[afterOf(order, outcome)];
  switch (outcome.kind) {
    case 'finished':
      return { kind: 'done', ...outcome.result, after };
    case 'failed': {
      const { code, message, next, kind } = outcome.error;
      const words = outcome.diskTouched ? `${message} ${HALF_WRITTEN}` : message;
      return { kind: 'failed', failure: { code, message: words, next, kind }, after };
    }
    case 'cancelled': {
      const by = outcome.by === 'host' ? 'Stopped at this machine.' : 'Stopped at the server.';
      return { kind: 'cancelled', words: `${by} ${diskWords(order, outcome.diskTouched)}`, after };
    }
  }
}

const HALF_WRITTEN = 'The disk is unfinished: it does not start until an image has been put on it.';

function diskWords(order: Order, touched: boolean): string {
  if (touched) return HALF_WRITTEN;
  return order.kind === 'capture'
    ? 'No image was made; the disk was only read.'
    : 'Nothing was changed on the disk.';
}

const AFTER: Readonly<Record<After, string>> = {
  reboot: 'The machine restarts now.',
  shutdown: 'The machine switches off now.',
  stay: 'The machine waits for the server.',
};
