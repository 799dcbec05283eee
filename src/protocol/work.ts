import { z } from 'zod';
import { hostSettingsSchema } from './host-settings.ts';

/** What becomes of the host when its task has ended. */
export const afterSchema = z.enum(['reboot', 'shutdown', 'stay']);
export type After = z.infer<typeof afterSchema>;

/** Which disk is meant when a host has several; every field that is there must match. Null: the rule of the disk room. */
export const diskRuleSchema = z
  .object({
    device: z.string().optional(),
    serial: z.string().optional(),
    /** A part of its name. */
    model: z.string().optional(),
    transport: z.enum(['sata', 'nvme', 'virtio', 'scsi', 'usb', 'mmc', 'other']).optional(),
    minBytes: z.number().optional(),
    maxBytes: z.number().optional(),
  })
  .nullable();

export const deployOrderSchema = z.object({
  kind: z.literal('deploy'),
  taskId: z.string(),
  /** Counts the times this task was handed out; more than one means that a boot was lost on the way. */
  attempt: z.number().int().positive(),
  host: z.object({ name: z.string(), lab: z.string().nullable() }),
  image: z.object({ name: z.string(), version: z.number().int().positive() }),
  disk: diskRuleSchema,
  /** Partitions of the host's disk that stay, by number, label or GPT name. */
  keep: z.array(z.string().min(1).max(80)).max(16).default([]),
  /** Whether a partition may grow to fill the disk. */
  grow: z.enum(['auto', 'none']).default('auto'),
  personalise: hostSettingsSchema.nullable(),
  after: afterSchema,
});
export type DeployOrder = z.infer<typeof deployOrderSchema>;

export const captureOrderSchema = z.object({
  kind: z.literal('capture'),
  taskId: z.string(),
  attempt: z.number().int().positive(),
  host: z.object({ name: z.string(), lab: z.string().nullable() }),
  image: z.object({ name: z.string() }),
  notes: z.string(),
  disk: diskRuleSchema,
  /** Every internal disk; `disk` is then the one that starts the machine. */
  allDisks: z.boolean().default(false),
  after: afterSchema,
});
export type CaptureOrder = z.infer<typeof captureOrderSchema>;

/** The question for a machine that nobody knows, asked at its own screen. */
export const askOrderSchema = z.object({
  kind: z.literal('ask'),
  images: z.array(
    z.object({
      name: z.string(),
      version: z.number(),
      diskBytes: z.number(),
      usedBytes: z.number(),
      createdAt: z.string(),
    }),
  ),
  /** Proposed from the naming rule; '' when there is none. */
  proposedName: z.string(),
  /** The name it has already, which makes the question one for a known host. */
  currentName: z.string().nullable(),
  /** Without an answer the host starts its own disk after this many seconds. */
  defaultSeconds: z.number().int().positive(),
});
export type AskOrder = z.infer<typeof askOrderSchema>;

/** `GET /agent/v1/work?wait=SECONDS`: a long poll; `idle` when the time passed without work. */
export const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle'), words: z.string() }),
  z.object({ kind: z.literal('boot-local'), words: z.string() }),
  z.object({ kind: z.literal('power'), after: afterSchema, words: z.string() }),
  askOrderSchema,
  deployOrderSchema,
  captureOrderSchema,
]);
export type Work = z.infer<typeof workSchema>;

/** `POST /agent/v1/answer`: what was typed at the host's screen. */
export const answerRequestSchema = z.discriminatedUnion('choice', [
  z.object({ choice: z.literal('own-disk') }),
  z.object({
    choice: z.literal('deploy'),
    image: z.string().max(80),
    name: z.string().max(80),
    code: z.string().max(40),
  }),
  z.object({ choice: z.literal('capture'), image: z.string().max(80), code: z.string().max(40) }),
]);
export type AnswerRequest = z.infer<typeof answerRequestSchema>;

/** `POST /agent/v1/answer/check`: one field before the whole answer, so that a slip is told at once. */
export const answerCheckSchema = z.object({
  field: z.enum(['name', 'image', 'new-image']),
  value: z.string().max(80),
});
export type AnswerCheck = z.infer<typeof answerCheckSchema>;

/** The verdict on an answer or a field; a refusal says which field, why, and what to do. */
export const answerReplySchema = z.discriminatedUnion('accepted', [
  z.object({ accepted: z.literal(true) }),
  z.object({
    accepted: z.literal(false),
    field: z.enum(['code', 'name', 'image']),
    message: z.string(),
    next: z.string(),
  }),
]);
export type AnswerReply = z.infer<typeof answerReplySchema>;
