import type { Clock } from '../../clock.ts';
import type { ChunkId } from '../../image/index.ts';
import type { Assignment, FailureWhy } from '../../protocol/index.ts';
import {
  AllFailed,
  type ChunkFrom,
  type FailedSource,
  type FetchFaultWhy,
  hedgedFetch,
  type Pace,
  type PeerClient,
} from '../../swarm/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import type { FetchFrom, PeerPlaces } from './swarm-round.ts';

/** A source that sends nothing for so long is given up on, or for three times what a chunk takes here. */
const SILENT_MS = 750;
const USUAL_TIMES = 3;

/** What the scheduler is told. Nothing of one with too many askers: it has done nothing wrong, and has the chunk. */
const WHY: Readonly<Record<Exclude<FetchFaultWhy, 'busy'>, FailureWhy>> = {
  unreachable: 'unreachable',
  silent: 'silent',
  refused: 'refused',
  gone: 'gone',
  'too-long': 'wrong',
};

export interface FetchParts {
  readonly link: Pick<ServerLink, 'fetchChunk'>;
  readonly client: PeerClient;
  /** What this host may receive: what comes from the server leaves less for neighbours. */
  readonly receiving: Pace;
  readonly taskId: string;
  readonly clock: Clock;
}

/** Fetches a chunk from the sources of an assignment, one after the other; the server waits for itself to come back. */
export function fetchFrom({ link, client, receiving, taskId, clock }: FetchParts): FetchFrom {
  /** Milliseconds that a chunk takes, a moving mean. */
  let usualMs = 0;

  const sourceOf = (
    { from, ticket }: Assignment['sources'][number],
    expires: number,
    id: ChunkId,
    peers: PeerPlaces,
  ): ChunkFrom<string | null>[] => {
    if (from === null) {
      const fetch: ChunkFrom<null>['fetch'] = async (signal, moved) => {
        const frame = await link.fetchChunk(taskId, id, signal);
        moved(frame.length);
        receiving.came(frame.length);
        return frame;
      };
      return [{ from, fetch }];
    }
    const place = peers[from];
    if (place === undefined) return [];
    const request = { id, expires, ticket };
    return [{ from, fetch: (signal, onBytes) => client.fetch(place, request, { signal, onBytes }) }];
  };

  return async ({ sources, expires }, id, peers, signal) => {
    const silentMs = Math.max(SILENT_MS, USUAL_TIMES * usualMs);
    const named = sources.flatMap((source) => sourceOf(source, expires, id, peers));
    // The scheduler names the server last; where it does not, nobody may be left to ask.
    const all = named.at(-1)?.from === null ? named : [...named, ...sourceOf(SERVER, 0, id, peers)];
    try {
      const { frame, from, ms, failed } = await hedgedFetch(all, { clock, signal, silentMs });
      usualMs += (ms - usualMs) / 8;
      return { frame, from, ms, failed: failed.flatMap(toldOf) };
    } catch (thrown) {
      // The server's own words are the ones that somebody can do something about.
      throw thrown instanceof AllFailed && thrown.cause !== undefined ? thrown.cause : thrown;
    }
  };
}

const SERVER = { from: null, ticket: '' };

function toldOf({ from, why }: FailedSource<string | null>): { from: string | null; why: FailureWhy }[] {
  return why === 'busy' ? [] : [{ from, why: WHY[why] }];
}
