import { z } from 'zod';
import { afterSchema, diskRuleSchema, failureSchema, progressSchema } from '../../protocol/index.ts';

export const taskStatusSchema = z.enum([
  'waiting',
  'booting',
  'running',
  'cancelling',
  'lost',
  'done',
  'failed',
  'cancelled',
]);

/** What one host has to do in one order. */
export const taskSchema = z.object({
  id: z.string(),
  deploymentId: z.string(),
  kind: z.enum(['deploy', 'capture']),
  hostId: z.string(),
  hostName: z.string(),
  image: z.string(),
  version: z.number().nullable(),
  status: taskStatusSchema,
  progress: progressSchema.nullable(),
  failure: failureSchema.nullable(),
  warnings: z.array(z.string()),
  /** One sentence: how it stands or how it ended. */
  words: z.string(),
  attempts: z.number(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  contactAt: z.string().nullable(),
});
export type TaskView = z.infer<typeof taskSchema>;

/** One order with its tasks. */
export const deploymentSchema = z.object({
  id: z.string(),
  kind: z.enum(['deploy', 'capture']),
  orderedBy: z.string(),
  createdAt: z.string(),
  /** Hosts that were not switched on until then are let off. */
  opensUntil: z.string().nullable(),
  /** What it may take of the network: bytes per second of the server and of each host, null without a limit. */
  limit: z.number().nullable(),
  hostLimit: z.number().nullable(),
  open: z.boolean(),
  /** "27 of 30 done, 2 running, 1 failed, 6 min left" */
  words: z.string(),
  counts: z.object({
    total: z.number(),
    done: z.number(),
    failed: z.number(),
    cancelled: z.number(),
    running: z.number(),
    waiting: z.number(),
    lost: z.number(),
  }),
  secondsLeft: z.number().nullable(),
  tasks: z.array(taskSchema),
});
export type DeploymentView = z.infer<typeof deploymentSchema>;

const RATE_WORDS = 'a rate is at least 80kbit (10 kB/s) and at most 800gbit';
const rate = z.number().min(10_000, RATE_WORDS).max(1e11, RATE_WORDS);
const LINGER_WORDS = 'at least 0 and at most 3600 seconds';

/** `POST /api/v1/deployments/preview` and, with the preview's digest, `POST /api/v1/deployments`. */
export const deployRequestSchema = z.object({
  /** Names, MACs or ids of hosts, names of labs, or the single word `all` (every host of the manifest). */
  targets: z.array(z.string().min(1).max(80)).min(1).max(2000),
  /** `name` or `name@version`; without it each host gets what the manifest assigns. */
  image: z.string().max(80).optional(),
  /** How long hosts that are switched off are waited for. Default 8 hours. */
  forHours: z
    .number()
    .positive()
    .max(24 * 31)
    .optional(),
  after: afterSchema.optional(),
  disk: diskRuleSchema.unwrap().optional(),
  /** Partitions of each host's disk that stay, by number, label or GPT name. */
  keep: z.array(z.string().min(1).max(80)).max(16).optional(),
  /** `none`: no partition grows to fill the disk. */
  grow: z.enum(['auto', 'none']).optional(),
  /** Bytes per second that the server sends for this order, to all hosts together. */
  limit: rate.optional(),
  /** Bytes per second that each host receives, and sends to its neighbours. */
  hostLimit: rate.optional(),
  /** How long a host that is done may put off its restart while a neighbour needs it. Default 60. */
  lingerSeconds: z.number().min(0, LINGER_WORDS).max(3600, LINGER_WORDS).optional(),
});
export type DeployRequest = z.infer<typeof deployRequestSchema>;

export const previewSchema = z.object({
  /** Partitions of each disk that stay; everything else on it is lost. */
  keep: z.array(z.string()),
  machines: z.array(
    z.object({
      hostId: z.string(),
      name: z.string(),
      lab: z.string().nullable(),
      mac: z.string(),
      image: z.string(),
      version: z.number(),
      /** The disk that will be written, as far as the host was ever seen: model and size. */
      disk: z.string().nullable(),
      /** What happens to that disk, in clauses; empty for a host that was never seen. */
      plan: z.array(z.string()),
      /** About how many compressed bytes it fetches, and the version that its disk is thought to hold. */
      fetch: z.object({ bytes: z.number(), from: z.string().nullable() }),
    }),
  ),
  /** Machines that were asked for and cannot be done, with the reason. */
  refused: z.array(z.object({ target: z.string(), code: z.string(), message: z.string(), next: z.string() })),
  /** Lines of the manifest with something wrong: their machines are not among these, or as they were before. */
  manifestProblems: z.number(),
  /** Names exactly what was shown; an order with another digest is refused. */
  digest: z.string(),
});
export type Preview = z.infer<typeof previewSchema>;

export const orderRequestSchema = deployRequestSchema.extend({ digest: z.string() });

export const captureRequestSchema = z.object({
  host: z.string().min(1).max(80),
  image: z.string().min(1).max(80),
  notes: z.string().max(2000).default(''),
  disk: diskRuleSchema.unwrap().optional(),
  /** Every internal disk, the one that starts the machine first. */
  allDisks: z.boolean().optional(),
  after: afterSchema.optional(),
  forHours: z
    .number()
    .positive()
    .max(24 * 31)
    .optional(),
});
export type CaptureRequest = z.input<typeof captureRequestSchema>;
