import type { CliFailure } from '../cli-error.ts';
import type { Paint } from '../format/paint.ts';

/** A failure for people: what happened, and what to do. */
export function renderFailure({ code, message, next }: CliFailure, paint: Paint): string[] {
  // Who presses Ctrl-C knows; only what goes on without him is worth a word.
  if (code === 'interrupted') return next === '' ? [] : [next];
  return [`${paint('mimeo:', 'red')} ${message}`, ...(next === '' ? [] : [`    → ${next}`])];
}
