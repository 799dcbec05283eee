import type { Host } from './host.ts';
import type { FailureWhy, Verdict } from './types.ts';

/** So many hosts have to say the same of one before nobody asks it any more: one that lies harms only itself. */
const WRONG_BY = 2;
/** In so many chunks: one bit that has flipped in its memory may reach several hosts. */
const WRONG_CHUNKS = 2;
const UNREACHABLE_BY = 3;
const SILENT_BY = 2;
/** So many wrong chunks from one source make a host ask others instead. */
const WRONG_FOR_ONE = 2;
/** Who accuses more hosts than this of wrong bytes has bad memory, or lies: what it says counts no more. */
const MOST_ACCUSED = 3;
/** Who misses chunks at more hosts than this is believed no more, or the server would send them all again. */
const MOST_MISSED = 3;
/** Who reaches none of so many gets all from the server. */
const REACHES_NONE = 3;
const REST_MS = 1500;
const MOST_REST_MS = 12_000;

/** Whether what a host says of a source's chunk is enough to ask that source for it no more. */
export function isCredible({ standing }: Host, why: FailureWhy): boolean {
  if (why === 'gone') return standing.missedAt.size <= MOST_MISSED;
  return why === 'wrong' && !standing.accuser;
}

/** A host says that a source failed it with a chunk. Returns what everybody should hear, the first time. */
export function accuse(
  source: Host,
  by: Host,
  { why, row }: { readonly why: FailureWhy; readonly row: number },
  now: number,
): Verdict | null {
  const { standing } = source;
  const said = (what: Verdict['what'], accusers: number): Verdict => ({ peer: source.id, what, accusers });
  switch (why) {
    case 'gone':
      by.standing.missedAt.add(source.id);
      return null;
    case 'wrong': {
      const times = (standing.wrongBy.get(by.id) ?? 0) + 1;
      if (times >= WRONG_FOR_ONE) by.standing.shuns.add(source.column);
      if (by.standing.accuser) return null;
      standing.wrongBy.set(by.id, times);
      standing.wrongRows.add(row);
      by.standing.accused.add(source.id);
      if (standing.banned || standing.wrongBy.size < WRONG_BY || standing.wrongRows.size < WRONG_CHUNKS)
        return null;
      standing.banned = true;
      return said('wrong', standing.wrongBy.size);
    }
    case 'unreachable':
    case 'refused': {
      by.standing.shuns.add(source.column);
      if (by.standing.got === 0 && by.standing.shuns.size >= REACHES_NONE) by.standing.alone = true;
      // Who reaches nobody says nothing about others.
      if (!by.standing.alone) standing.unreachableBy.add(by.id);
      if (standing.banned || standing.served > 0 || standing.unreachableBy.size < UNREACHABLE_BY) return null;
      standing.banned = true;
      return said('unreachable', standing.unreachableBy.size);
    }
    case 'silent': {
      standing.silentBy.add(by.id);
      standing.restsUntil = now + Math.min(MOST_REST_MS, REST_MS * 2 ** (standing.silentBy.size - 1));
      return standing.silentBy.size === SILENT_BY ? said('silent', SILENT_BY) : null;
    }
  }
}

/**
 * Whether a host accuses so many that the fault must be its own; from then on nothing that it said counts. Returns
 * those that are cleared by that.
 */
export function discredit(by: Host, hosts: Iterable<Host>): Host[] {
  if (by.standing.accuser || by.standing.accused.size <= MOST_ACCUSED) return [];
  by.standing.accuser = true;
  const cleared: Host[] = [];
  for (const host of hosts) {
    if (!host.standing.wrongBy.delete(by.id) || !host.standing.banned) continue;
    if (host.standing.wrongBy.size >= WRONG_BY || host.standing.unreachableBy.size >= UNREACHABLE_BY)
      continue;
    host.standing.banned = false;
    cleared.push(host);
  }
  return cleared;
}
