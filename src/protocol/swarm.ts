import { z } from 'zod';

/**
 * Chunks travel as numbers: the place in the `ChunkList` of the disk that is being written, which the agent and the
 * server make from the same index.
 */
const chunkNumber = z.number().int().min(0).max(0xffff_fffe);
/** A host that serves chunks, by its id; null is the server. */
const source = z.string().max(80).nullable();
/** A chunk compressed, at most, and two weeks. */
const MOST_BYTES = 2_097_152;
const MOST_MS = 1_209_600_000;

/** `POST /agent/v1/tasks/:taskId/swarm/join`: the disk was surveyed, chunks are wanted and can be served. */
export const joinRequestSchema = z.object({
  /** Which disk of the image; 0 starts the machine. */
  disk: z.number().int().min(0).max(63),
  /** Partitions of the image that are not written, hence not in the list. */
  unwritten: z.array(z.number().int().min(1).max(1024)).max(256),
  /** The length of the agent's list: another one than the server's means another image. */
  chunks: chunkNumber,
  /** Which chunks the disk holds, a bit each: bit `n % 8` of byte `n >> 3`. */
  held: z.base64(),
  /** Where its chunk server listens; 0 when it has none. */
  port: z.number().int().min(0).max(65_535),
  /** X25519, 32 bytes: with the server's it makes the secret that tickets for this host are made with. */
  publicKey: z.base64url().length(43),
  /** How much it keeps in memory for others. */
  ringBytes: z.number().int().nonnegative(),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinReplySchema = z.object({
  publicKey: z.base64url().length(43),
  /** Bytes per second that this host may receive, and send, at most; null without a limit. */
  hostRate: z.number().positive().nullable(),
  /** How long it may put off its restart while a neighbour needs it. */
  lingerSeconds: z.number().nonnegative(),
  /** Now, in milliseconds of the clock that tickets are made by: it never jumps, and begins anew with each server. */
  ticketNow: z.number(),
});
export type JoinReply = z.infer<typeof joinReplySchema>;

/** Why a chunk did not come from a source. */
export const failureWhySchema = z.enum(['silent', 'unreachable', 'refused', 'gone', 'wrong']);
export type FailureWhy = z.infer<typeof failureWhySchema>;

/** `POST /agent/v1/tasks/:taskId/swarm`: what has come of the assignments, and how many more are welcome. */
export const exchangeRequestSchema = z.object({
  /** Chunks that are right on the disk by now. */
  done: z
    .array(
      z.object({
        chunk: chunkNumber,
        from: source,
        // Sums of these are shown: a host that says more than it can have got must not make them meaningless.
        bytes: z.number().nonnegative().max(MOST_BYTES),
        ms: z.number().nonnegative().max(MOST_MS),
      }),
    )
    .max(1024),
  failed: z.array(z.object({ chunk: chunkNumber, from: source, why: failureWhySchema })).max(1024),
  /**
   * How many more assignments it takes; the server waits up to `waitMs` until it has one. 0: only a report, answered
   * at once.
   */
  room: z.number().int().min(0).max(64),
  waitMs: z.number().int().min(0).max(30_000),
  /** With room: all chunks assigned to it and not reported yet. What the server thinks it has beyond that got lost. */
  holding: z.array(chunkNumber).max(1024),
  /** Growing and personalising change the disk now: it serves from memory only. */
  memoryOnly: z.boolean(),
  /** Its last word: it serves nobody from now on. */
  leaving: z.boolean(),
});
export type ExchangeRequest = z.infer<typeof exchangeRequestSchema>;

export const assignmentSchema = z.object({
  chunk: chunkNumber,
  /** Whom to ask, in this order. */
  sources: z.array(source).min(1).max(8),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** Where a host listens, and what makes tickets for it. */
export const peerPlaceSchema = z.object({
  address: z.string(),
  port: z.number().int().min(1).max(65_535),
  /** The key of tickets from this host to that one, sealed for this host, see `sealPairKey`. */
  key: z.base64url().length(43),
  /** Until when the key holds, in milliseconds of the server's clock of tickets. */
  expires: z.number().int(),
});
export type PeerPlace = z.infer<typeof peerPlaceSchema>;

export const exchangeReplySchema = z.discriminatedUnion('kind', [
  /** The server was started anew, or thought the host dead: it has to join again. */
  z.object({ kind: z.literal('unknown') }),
  z.object({
    kind: z.literal('known'),
    assignments: z.array(assignmentSchema).max(64),
    /** The hosts among the sources. */
    peers: z.record(z.string(), peerPlaceSchema),
    /** Reports are to come no oftener than this. */
    paceMs: z.number().min(0).max(10_000),
    /** How long the server held the call until it had something to give. */
    heldMs: z.number().nonnegative(),
    /** Whether somebody may still want what this host has in memory. */
    needed: z.boolean(),
  }),
]);
export type ExchangeReply = z.infer<typeof exchangeReplySchema>;
