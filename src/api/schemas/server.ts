import { z } from 'zod';

/** One line of the manifest that could not be taken as it stands. */
export const manifestProblemSchema = z.object({
  line: z.number(),
  column: z.number(),
  code: z.string(),
  message: z.string(),
  next: z.string(),
});

/** `GET /api/v1/status` */
export const statusSchema = z.object({
  version: z.string(),
  startedAt: z.string(),
  interface: z.string(),
  address: z.string(),
  dhcpServers: z.array(z.string()),
  /** Public keys that sign the indexes of its images, base64url. */
  indexKeys: z.array(z.string()),
  hosts: z.number(),
  images: z.number(),
  manifest: z.object({
    path: z.string(),
    rows: z.number(),
    readAt: z.string().nullable(),
    problems: z.array(manifestProblemSchema),
  }),
  /** Open deployments, newest first. */
  openDeployments: z.number(),
});
export type StatusView = z.infer<typeof statusSchema>;

/** `POST /api/v1/codes`: the technician's code for the question at an unknown machine's screen. */
export const codeSchema = z.object({ code: z.string(), validUntil: z.string() });
export type CodeView = z.infer<typeof codeSchema>;

/** `POST /api/v1/claim`: the one-time code that the server printed becomes an access token. */
export const claimRequestSchema = z.object({ code: z.string().max(40) });
export const claimReplySchema = z.object({ token: z.string() });

/** One event of `GET /api/v1/events` (SSE; the SSE id allows a replay from `Last-Event-ID`). */
export const eventSchema = z.object({
  id: z.number(),
  at: z.string(),
  /** `host`, `task`, `deployment`, `image`, `manifest`, `server` */
  topic: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  hostId: z.string().nullable(),
  taskId: z.string().nullable(),
  words: z.string(),
});
export type EventView = z.infer<typeof eventSchema>;
