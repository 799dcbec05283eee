import type { Peer } from './peer.ts';
import type { FailureWhy, Verdict } from './types.ts';

/** So many hosts have to say the same of one before it is not asked any more: one that lies harms nobody but itself. */
const ACCUSERS = 2;
const UNREACHABLE_BY = 3;
/** So many wrong chunks from one source make a host ask others instead. */
const WRONG_FOR_ONE = 2;
const REST_MS = 5000;

/** Whether a host serves anybody at all. */
export function servesAt(peer: Peer, now: number): boolean {
  return peer.serves && !peer.banned && !peer.slow && peer.restsUntil <= now;
}

/** Whether a host may be sent to another. */
export function mayAsk(asker: Peer, source: Peer, now: number): boolean {
  return asker !== source && servesAt(source, now) && !asker.shuns.has(source.id);
}

/** A host says that a source failed it. Returns what everybody should hear, the first time. */
export function accuse(source: Peer, by: Peer, why: FailureWhy, now: number): Verdict | null {
  const { banned } = source;
  const said = (what: Verdict['what'], accusers: number): Verdict | null =>
    banned ? null : { peer: source.id, what, accusers };
  switch (why) {
    case 'gone':
      return null;
    case 'wrong': {
      const times = (source.wrongBy.get(by.id) ?? 0) + 1;
      source.wrongBy.set(by.id, times);
      if (times >= WRONG_FOR_ONE) by.shuns.add(source.id);
      if (source.wrongBy.size < ACCUSERS) return null;
      source.banned = true;
      return said('wrong', source.wrongBy.size);
    }
    case 'unreachable':
    case 'refused':
      by.shuns.add(source.id);
      source.unreachableBy.add(by.id);
      if (source.unreachableBy.size < UNREACHABLE_BY || source.served > 0) return null;
      source.banned = true;
      return said('unreachable', source.unreachableBy.size);
    case 'silent':
      source.silentBy.add(by.id);
      source.restsUntil = now + REST_MS * source.silentBy.size;
      if (source.silentBy.size !== ACCUSERS) return null;
      return said('silent', source.silentBy.size);
  }
}
