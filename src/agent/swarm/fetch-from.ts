import type { Clock } from '../../clock.ts';
import type { ChunkId } from '../../image/index.ts';
import type { Assignment, FailureWhy } from '../../protocol/index.ts';
import {
  AllFailed,
  type ChunkFrom,
  type FailedSource,
  type FetchFaultWhy,
  hedgedFetch,
  type PeerClient,
  sealPairKey,
  ticketFor,
} from '../../swarm/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import type { FetchFrom, PeerPlaces } from './round-parts.ts';

/** A source that sends nothing for so long is given up on, or for three times what a chunk takes here. */
const SILENT_MS = 750;
const USUAL_TIMES = 3;
/** A source that has sent for so long and is not at the end, and for so many times longer than usual, is left as well. */
const SLOW_MS = 6000;
const SLOW_TIMES = 8;
/** Before anything has come nobody knows how slow the cable is. */
const FIRST_SLOW_MS = 60_000;

/** What the scheduler is told. Nothing of one with too many askers: it has done nothing wrong, and has the chunk. */
const WHY: Readonly<Record<Exclude<FetchFaultWhy, 'busy'>, FailureWhy>> = {
  unreachable: 'unreachable',
  silent: 'silent',
  refused: 'refused',
  gone: 'gone',
  'too-long': 'wrong',
  unclear: 'unreachable',
};

export interface FetchParts {
  readonly link: Pick<ServerLink, 'fetchChunk'>;
  readonly client: PeerClient;
  /** What the keys for tickets are sealed with; null as long as none can be. */
  readonly secret: () => Uint8Array | null;
  readonly taskId: string;
  readonly clock: Clock;
}

/** Fetches a chunk from the sources of an assignment, one after the other; the server waits for itself to come back. */
export function fetchFrom({ link, client, secret, taskId, clock }: FetchParts): FetchFrom {
  /** Milliseconds that a chunk takes, a moving mean. */
  let usualMs = 0;
  const slowMs = (): number => (usualMs === 0 ? FIRST_SLOW_MS : Math.max(SLOW_MS, SLOW_TIMES * usualMs));

  const sourceOf = (
    from: Assignment['sources'][number],
    id: ChunkId,
    peers: PeerPlaces,
  ): ChunkFrom<string | null>[] => {
    if (from === null) {
      const fetch: ChunkFrom<null>['fetch'] = (signal, onBytes) =>
        link.fetchChunk(taskId, id, signal, { client, onBytes });
      return [{ from, fetch }];
    }
    const place = peers[from];
    const own = secret();
    if (place === undefined || own === null) return [];
    const { expires } = place;
    const fetch: ChunkFrom<string>['fetch'] = (signal, onBytes) => {
      const key = sealPairKey(own, from, expires, Buffer.from(place.key, 'base64url'));
      return client.fetch(place, { id, expires, ticket: ticketFor(key, id) }, { signal, onBytes });
    };
    return [{ from, fetch }];
  };

  return async ({ sources }, id, peers, signal) => {
    const silentMs = Math.max(SILENT_MS, USUAL_TIMES * usualMs);
    const named = sources.flatMap((from) => sourceOf(from, id, peers));
    // The scheduler names the server last; where it does not, nobody may be left to ask.
    const all = named.at(-1)?.from === null ? named : [...named, ...sourceOf(null, id, peers)];
    try {
      const { frame, from, ms, failed } = await hedgedFetch(all, { clock, signal, silentMs, slowMs });
      // What was waited for in vain is not usual: patience must not grow with each source that fails.
      if (failed.length === 0) usualMs += (ms - usualMs) / 8;
      return { frame, from, ms, failed: failed.flatMap(toldOf) };
    } catch (thrown) {
      // The server's own words are the ones that somebody can do something about.
      throw thrown instanceof AllFailed && thrown.cause !== undefined ? thrown.cause : thrown;
    }
  };
}

function toldOf({ from, why }: FailedSource<string | null>): { from: string | null; why: FailureWhy }[] {
  return why === 'busy' ? [] : [{ from, why: WHY[why] }];
}
