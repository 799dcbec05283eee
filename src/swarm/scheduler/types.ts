import type { ChunkId } from '../../image/index.ts';

/** A host's id. */
export type PeerId = string;

/** Where a chunk comes from: a peer's id, or null for the server. */
export type SourceId = PeerId | null;

/** A chunk that a peer is to fetch, from the first source, or from the next when that fails; the server is last. */
export interface Assignment {
  /** Its number in the list of the image that the peer joined with. */
  readonly chunk: number;
  readonly sources: readonly [SourceId, ...SourceId[]];
}

/** What a peer says of itself when it begins. */
export interface JoinFacts {
  readonly peer: PeerId;
  /** The key of its chunk list, see `addImage`. */
  readonly image: string;
  /** Which chunks its disk holds: bit `n % 8` of byte `n >> 3`. */
  readonly held: Uint8Array;
  /** Where it stands, from the widest place to the narrowest: `['10.1.2.0/24', 'Room 12']`. One name is one place. */
  readonly groups: readonly string[];
  /** Whether it listens for others at all. */
  readonly serves: boolean;
  /** How many chunks its memory keeps for others: sources that need not read their disk come first. */
  readonly ringChunks: number;
}

export const FAILURES = ['silent', 'unreachable', 'refused', 'gone', 'wrong'] as const;
export type FailureWhy = (typeof FAILURES)[number];

/** A chunk that is right on a peer's disk now. */
export interface Done {
  readonly chunk: number;
  readonly from: SourceId;
  /** Compressed bytes. */
  readonly bytes: number;
  /** From the first source asked to the last byte. */
  readonly ms: number;
}

/** A source that did not bring a chunk. The peer goes on with the others by itself. */
export interface Failed {
  readonly chunk: number;
  readonly from: SourceId;
  readonly why: FailureWhy;
}

/** A numbered list of distinct chunks. */
export interface ChunkNumbers {
  readonly length: number;
  id(number: number): ChunkId;
}

/** Why a peer is not asked by others (any more). */
export interface Verdict {
  readonly peer: PeerId;
  readonly what: 'wrong' | 'unreachable' | 'silent' | 'slow';
  /** How many others said so; 0 for `slow`, which is measured. */
  readonly accusers: number;
}

export interface SchedulerOptions {
  /** Transfers that each line should carry at a time, either way. */
  readonly lines: number;
  /** The same for the server's line. More than a host receives: a host's line is shared evenly by all that it receives. */
  readonly serverLines: number;
  /** Work that may wait at a host that sends to others, at its measured speed; milliseconds. */
  readonly sourceHorizonMs: number;
  /** The same at the server: short, for what waits there nobody can pass on. */
  readonly serverHorizonMs: number;
  /** Work that a host is given ahead, at its measured speed. */
  readonly hostHorizonMs: number;
  /** A host that could be given nothing for so long gets a chunk from the server, whatever else. */
  readonly starvedMs: number;
  /** From 0 up to 1; a seeded one makes runs repeatable. */
  readonly random: () => number;
}
