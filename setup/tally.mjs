import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The counts that one run of node:test left behind.
 *
 * @param {string} path what the count reporter wrote
 * @param {number} status the exit status of the run
 * @returns {Counts}
 */
export function readCounts(path, status) {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  /** @type {Counts} */
  const counts = text === '' ? { passed: 0, failed: 0, skipped: 0 } : JSON.parse(text);
  // A run that died, or failed for a reason that is no test's, is a failure too.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * The last line of a test run: "12 passed, 0 failed, 1 skipped".
 *
 * @param {readonly Counts[]} all
 */
export function tallyLine(all) {
  const sum = (/** @type {keyof Counts} */ key) => all.reduce((total, counts) => total + counts[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
