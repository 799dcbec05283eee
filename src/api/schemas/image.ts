import { z } from 'zod';

/** One version of an image. */
export const imageSchema = z.object({
  name: z.string(),
  version: z.number(),
  createdAt: z.string(),
  notes: z.string(),
  labels: z.array(z.string()),
  /** Of all its disks together. */
  diskBytes: z.number(),
  /** Of each of them, the one that starts the machine first. */
  diskSizes: z.array(z.number()),
  usedBytes: z.number(),
  /** Compressed bytes of all its chunks, those that it shares with other versions included. */
  storedBytes: z.number(),
  /** Compressed bytes of the chunks that no other version has; null where it was not asked for. */
  onlyBytes: z.number().nullable(),
  /** Its chunks that the last look at it found lost and that are not there again; null where it was not asked for. */
  lostChunks: z.number().nullable(),
  table: z.enum(['mbr', 'gpt']),
  filesystems: z.array(z.string()),
});
export type ImageView = z.infer<typeof imageSchema>;

/** Versions that cannot be read, and why. They are in no list of images, and stop garbage collection. */
export const damagedImagesSchema = z.array(
  z.object({ name: z.string(), version: z.number(), message: z.string() }),
);
export type DamagedImageView = z.infer<typeof damagedImagesSchema>[number];

export const imageDetailSchema = imageSchema.extend({
  partitions: z.array(
    z.object({
      /** 0 is the disk that starts the machine. */
      disk: z.number(),
      number: z.number(),
      filesystem: z.string(),
      label: z.string(),
      startByte: z.number(),
      lengthBytes: z.number(),
      usedBytes: z.number(),
    }),
  ),
  /** Different ones. */
  chunks: z.number(),
});
export type ImageDetailView = z.infer<typeof imageDetailSchema>;

/** `GET /api/v1/images/:ref/uses`: who relies on what this reference means. */
export const imageUsesSchema = z.object({
  /** What would go if the reference were deleted. */
  versions: z.array(imageSchema),
  /** What cannot be read of that. */
  damaged: damagedImagesSchema,
  assigned: z.array(
    z.object({
      host: z.string(),
      /** As the manifest says it. */
      reference: z.string(),
      /** What the same words mean afterwards; null when they mean nothing any more. */
      afterwards: z.string().nullable(),
    }),
  ),
  /** Open tasks that read one of them. */
  tasks: z.array(z.object({ id: z.string(), host: z.string() })),
  labels: z.array(z.string()),
});
export type ImageUsesView = z.infer<typeof imageUsesSchema>;

export const renameRequestSchema = z.object({ name: z.string().min(1).max(80) });
export const notesRequestSchema = z.object({ notes: z.string().max(16_000) });

const chunkSumSchema = z.object({ chunks: z.number(), bytes: z.number() });
const differenceSchema = z.object({
  same: chunkSumSchema,
  changed: chunkSumSchema,
  onlyFirst: chunkSumSchema,
  onlySecond: chunkSumSchema,
  /** Compressed bytes that a machine with the first one fetches to become the second. */
  fetchBytes: z.number(),
});

/** `GET /api/v1/images/:ref/diff/:other` */
export const imageDiffSchema = differenceSchema.extend({
  first: z.string(),
  second: z.string(),
  /** Sentences. */
  layout: z.array(z.string()),
  regions: z.array(
    differenceSchema.extend({
      disk: z.number(),
      kind: z.enum(['gap', 'partition']),
      partition: z.number(),
      filesystems: z.tuple([z.string().nullable(), z.string().nullable()]),
    }),
  ),
  revertBytes: z.number(),
});
export type ImageDiffView = z.infer<typeof imageDiffSchema>;
