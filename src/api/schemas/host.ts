import { z } from 'zod';

/** One machine, as lists show it. */
export const hostSchema = z.object({
  id: z.string(),
  /** Null for a machine that nobody named yet. */
  name: z.string().nullable(),
  lab: z.string().nullable(),
  /** Lower case, colons; the one of its manifest row or of its last network boot comes first. */
  macs: z.array(z.string()),
  /** The image that the manifest assigns. */
  image: z.string().nullable(),
  /** In the manifest, or named at its own screen. */
  known: z.boolean(),
  maker: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.enum(['bios', 'uefi']).nullable(),
  memoryBytes: z.number().nullable(),
  disks: z.array(z.object({ device: z.string(), sizeBytes: z.number(), model: z.string().nullable() })),
  /** ISO 8601. */
  lastSeen: z.string().nullable(),
  /** What it does now, in words: "waiting to be switched on", "writing 43 %", "nothing to do". */
  state: z.string(),
  /** Its open task. */
  taskId: z.string().nullable(),
  lastImaged: z.object({ image: z.string(), version: z.number(), at: z.string() }).nullable(),
  /** Something that a person should look at, in words. */
  conflict: z.string().nullable(),
});
export type HostView = z.infer<typeof hostSchema>;

/** One thing that happened to a host: a packet, a file, a step, a failure. */
export const timelineEntrySchema = z.object({
  at: z.string(),
  kind: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  words: z.string(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

export const hostDetailSchema = hostSchema.extend({
  uuid: z.string().nullable(),
  serial: z.string().nullable(),
  /** Newest last, at most 200. */
  timeline: z.array(timelineEntrySchema),
});
export type HostDetailView = z.infer<typeof hostDetailSchema>;
