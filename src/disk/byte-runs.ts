import type { ByteRun } from '../image/index.ts';

/** Sorts runs and joins those that touch or overlap; empty ones vanish. */
export function joinRuns(runs: Iterable<ByteRun>): ByteRun[] {
  const joined: { start: number; length: number }[] = [];
  for (const { start, length } of [...runs].sort((a, b) => a.start - b.start)) {
    if (length <= 0) continue;
    const last = joined.at(-1);
    if (last !== undefined && start <= last.start + last.length) {
      last.length = Math.max(last.length, start + length - last.start);
    } else {
      joined.push({ start, length });
    }
  }
  return joined;
}

/** What is left of `runs` without the bytes of `holes`; sorted and joined. */
export function subtractRuns(runs: Iterable<ByteRun>, holes: Iterable<ByteRun>): ByteRun[] {
  const cuts = joinRuns(holes);
  const left: ByteRun[] = [];
  let cut = 0;
  for (const run of joinRuns(runs)) {
    const end = run.start + run.length;
    let at = run.start;
    while (cut < cuts.length && endOf(cuts[cut]) <= at) cut++;
    for (let i = cut; i < cuts.length; i++) {
      const hole = cuts[i];
      if (hole === undefined || hole.start >= end) break;
      if (hole.start > at) left.push({ start: at, length: hole.start - at });
      at = Math.max(at, hole.start + hole.length);
    }
    if (at < end) left.push({ start: at, length: end - at });
  }
  return left;
}

function endOf(run: ByteRun | undefined): number {
  return run === undefined ? Number.POSITIVE_INFINITY : run.start + run.length;
}
