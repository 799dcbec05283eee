import type { ChunkBoard } from './chunk-board.ts';
import type { JoinFacts, PeerId, SourceId } from './types.ts';

export const WANTED = 0;
export const ASSIGNED = 1;
export const HELD = 2;

/** An assignment that is not done yet. */
export interface Open {
  /** The source that counts it. */
  source: SourceId;
  readonly since: number;
}

/** How fast a host takes chunks while it has enough to do. */
export interface Pace {
  since: number;
  done: number;
  /** Chunks per second; null: not known. */
  rate: number | null;
}

/** What the scheduler knows of one host. */
export interface Peer {
  readonly id: PeerId;
  /** Its bit on the board. */
  readonly number: number;
  readonly image: string;
  readonly groups: readonly string[];
  /** Numbers on the board of the chunks of its list. */
  readonly chunks: Uint32Array;
  /** `WANTED`, `ASSIGNED` or `HELD`, per chunk of its list. */
  readonly states: Uint8Array;
  readonly open: Map<number, Open>;
  /** Chunks it still needs. */
  unsettled: number;
  /** Of those, the ones that are not assigned. */
  wanted: number;
  /** Whether others may ask it. */
  serves: boolean;
  readonly ringChunks: number;
  /** What it has in memory, oldest first; numbers on the board. */
  readonly ring: Set<number>;
  memoryOnly: boolean;
  /** Open assignments of others that count on it. */
  load: number;
  /** Where it looks for chunks that are everywhere. */
  cursor: number;
  readonly pace: Pace;
  slow: boolean;
  /** Sources that it is not sent to any more. */
  readonly shuns: Set<PeerId>;
  /** Who complained about it, by what. */
  readonly wrongBy: Map<PeerId, number>;
  readonly unreachableBy: Set<PeerId>;
  readonly silentBy: Set<PeerId>;
  /** Whether anybody ever got a chunk from it, and it one from anybody. */
  served: number;
  gotFromPeers: number;
  restsUntil: number;
  banned: boolean;
  /** When it last was given something, or joined. */
  fedAt: number;
}

/** @param chunks board numbers of its list */
export function newPeer(
  facts: JoinFacts,
  number: number,
  chunks: Uint32Array,
  now: number,
  random: number,
): Peer {
  const states = new Uint8Array(chunks.length);
  let unsettled = 0;
  for (let i = 0; i < chunks.length; i++) {
    if ((((facts.held[i >> 3] ?? 0) >> (i & 7)) & 1) === 1) states[i] = HELD;
    else unsettled++;
  }
  return {
    id: facts.peer,
    number,
    image: facts.image,
    groups: facts.groups,
    chunks,
    states,
    open: new Map(),
    unsettled,
    wanted: unsettled,
    serves: facts.serves,
    ringChunks: facts.ringChunks,
    ring: new Set(),
    memoryOnly: false,
    load: 0,
    cursor: Math.floor(random * chunks.length),
    pace: { since: now, done: 0, rate: null },
    slow: false,
    shuns: new Set(),
    wrongBy: new Map(),
    unreachableBy: new Set(),
    silentBy: new Set(),
    served: 0,
    gotFromPeers: 0,
    restsUntil: 0,
    banned: false,
    fedAt: now,
  };
}

/** What it has just got stays in its memory; the oldest goes. Where it has nothing else, others hear of that. */
export function remember(peer: Peer, chunk: number, board: ChunkBoard): void {
  peer.ring.delete(chunk);
  peer.ring.add(chunk);
  if (peer.ring.size <= peer.ringChunks) return;
  const [oldest] = peer.ring;
  if (oldest === undefined) return;
  peer.ring.delete(oldest);
  if (peer.memoryOnly) board.remove(oldest, peer.number);
}
