import type { Clock } from '../../clock.ts';
import type { ChunkId } from '../../image/index.ts';
import type {
  Assignment,
  ExchangeReply,
  ExchangeRequest,
  FailureWhy,
  JoinRequest,
  PeerPlace,
} from '../../protocol/index.ts';
import type { Arrived } from './ledger.ts';

/** One chunk from whoever had it first; what went wrong on the way is told to the server. */
export type FetchFrom = (
  assignment: Assignment,
  id: ChunkId,
  peers: PeerPlaces,
  signal: AbortSignal,
) => Promise<
  Arrived & { readonly failed: readonly { readonly from: string | null; readonly why: FailureWhy }[] }
>;

/** Where hosts listen and how to ask them, by their ids. */
export type PeerPlaces = Readonly<Record<string, PeerPlace>>;

export interface RoundParts {
  /** Tells the server what this host holds; after a restart of the server once more. */
  readonly join: (facts: Pick<JoinRequest, 'chunks' | 'held'>, signal: AbortSignal) => Promise<void>;
  readonly exchange: (request: ExchangeRequest, signal: AbortSignal) => Promise<ExchangeReply>;
  readonly fetchFrom: FetchFrom;
  /** A chunk is right on the disk: from here on it may be served. */
  readonly onSettled: (id: ChunkId, frame: Buffer) => void;
  /** How much may come in, bytes per second; null: as much as comes. */
  readonly hostRate: () => number | null;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}
