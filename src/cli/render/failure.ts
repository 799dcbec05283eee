import type { CliFailure } from '../cli-error.ts';
import type { Paint } from '../format/paint.ts';

/** A failure for people: what happened, and what to do. */
export function renderFailure({ message, next }: CliFailure, paint: Paint): string[] {
  return [`${paint('mimeo:', 'red')} ${message}`, ...(next === '' ? [] : [`    → ${next}`])];
}
