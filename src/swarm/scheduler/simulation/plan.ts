import type { SchedulerOptions, Verdict } from '../types.ts';

/** A host of a simulated lab. */
export interface HostPlan {
  /** Bits per second of its port; the lab's when it is left out. */
  readonly rate?: number;
  readonly groups?: readonly string[];
  /** Milliseconds after the beginning. */
  readonly joinsAt?: number;
  readonly diesAt?: number;
  /** It is switched off and on: gone without a word, and back so much later with what its disk holds. */
  readonly rebootsAt?: number;
  /** Share of the chunks it serves that are wrong. */
  readonly lies?: number;
  /** It says of every chunk that it was wrong. */
  readonly slanders?: boolean;
  /** `in`: nobody reaches it. `out`: it reaches nobody but the server. */
  readonly walled?: 'in' | 'out' | 'both';
  readonly image?: string;
  /** Chunks that its disk holds already. */
  readonly holds?: (chunk: number) => boolean;
  readonly ringChunks?: number;
  /** Milliseconds to write a chunk. */
  readonly diskMs?: number;
}

export interface LabPlan {
  readonly seed: number;
  readonly hosts: readonly HostPlan[];
  /** Chunks of each image, by name; those of the same text are the same chunk. */
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Bits per second of each port. */
  readonly rate: number;
  readonly serverRate?: number;
  /** Bits per second of the cable between a group's switch and the others, by the name of the widest group. */
  readonly uplinks?: Readonly<Record<string, number>>;
  readonly serverGroup?: string;
  /** Between two hosts and back, without queues. */
  readonly roundTripMs: number;
  /** What a full port adds, one way. */
  readonly queueMs: number;
  /** Milliseconds after which nobody may be without his image. */
  readonly latestMs: number;
  /** Uploads of a host at a time. */
  readonly uploads?: number;
  /** What a sender's kernel holds of a chunk when the next one's turn comes; at most half of it counts. */
  readonly sendBufferBytes?: number;
  /** Chunks a host fetches at a time. */
  readonly inFlight?: number;
  readonly options?: Partial<SchedulerOptions>;
}

export interface LabResult {
  /** Milliseconds from its joining until it had everything; null for those that died. */
  readonly tookMs: readonly (number | null)[];
  /** Chunks that the server sent, also those that came to nothing. */
  readonly serverChunks: number;
  readonly timeMs: number;
  /** Chunks that came to each group over its uplink. */
  readonly crossed: ReadonlyMap<string, number>;
  /** Who was found wanting. */
  readonly verdicts: readonly Verdict[];
  /** Attempts that were given up though the source was well. */
  readonly falseAlarms: number;
  /** Microseconds that the scheduler took per chunk and host. */
  readonly microseconds: number;
  /** When a tenth, and nine tenths, of all had arrived. */
  readonly marks: readonly number[];
}

export const CHUNK_BYTES = 1_048_576;
/** What TCP, IP and Ethernet add. */
export const FRAMING = 1.046;

/** The names of `count` chunks. */
export const chunkNames = (count: number, prefix = 'c'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** What one host needs alone at line rate, framing included; milliseconds. */
export const floorMs = (chunks: number, bitsPerSecond: number): number =>
  (chunks * CHUNK_BYTES * FRAMING * 8000) / bitsPerSecond;
