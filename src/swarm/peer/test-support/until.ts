import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

/** Waits for a condition, and fails when it does not come about. */
export async function until(words: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!holds() && performance.now() < end) await turn();
  assert.ok(holds(), `in time: ${words}`);
}
