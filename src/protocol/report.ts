import { z } from 'zod';

/** The steps of a task as people see them, in their order. */
export const phaseSchema = z.enum([
  'preparing',
  'surveying',
  'reading',
  'writing',
  'verifying',
  'growing',
  'personalising',
  'finishing',
]);
export type Phase = z.infer<typeof phaseSchema>;

/** An error as it travels: the same four fields as `MimeoError.toJSON()`. */
export const failureSchema = z.object({
  code: z.string().max(60),
  message: z.string().max(4000),
  next: z.string().max(1000),
  kind: z.enum(['permanent', 'transient']),
});
export type Failure = z.infer<typeof failureSchema>;

const bytes = z.number().nonnegative();

export const progressSchema = z.object({
  phase: phaseSchema,
  doneBytes: bytes,
  totalBytes: bytes,
  networkBytes: bytes,
  reusedBytes: bytes,
  bytesPerSecond: bytes,
  /** Null while it cannot be told yet. */
  secondsLeft: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

/** `POST /agent/v1/tasks/:taskId/report`: at least once a second while a task runs. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: progressSchema }),
  z.object({ kind: z.literal('log'), lines: z.array(z.string().max(2000)).max(200) }),
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
  /** Somebody at the host's own screen stopped it, or the server's wish to cancel was carried out. */
  z.object({ kind: z.literal('cancelled'), by: z.enum(['host', 'server']) }),
  z.object({
    kind: z.literal('finished'),
    words: z.string().max(2000),
    warnings: z.array(z.string().max(2000)).max(50),
  }),
]);
export type Report = z.infer<typeof reportSchema>;

/** The server's answer to a report; `cancel` asks the agent to stop at the next safe point. */
export const reportReplySchema = z.object({ cancel: z.boolean() });
export type ReportReply = z.infer<typeof reportReplySchema>;

/** `POST /agent/v1/tasks/:taskId/missing` (capture): which chunks must be sent. */
export const missingRequestSchema = z.object({ ids: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(4096) });
export const missingReplySchema = z.object({ missing: z.array(z.string()) });

/** `POST /agent/v1/tasks/:taskId/chunks/:id/bad`: a chunk arrived whole but is not what its name says. */
export const badChunkRequestSchema = z.object({ words: z.string().max(500) });
export const badChunkReplySchema = z.object({ verdict: z.enum(['good', 'damaged', 'missing']) });
