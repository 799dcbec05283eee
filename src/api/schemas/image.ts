import { z } from 'zod';

/** One version of an image. */
export const imageSchema = z.object({
  name: z.string(),
  version: z.number(),
  createdAt: z.string(),
  notes: z.string(),
  diskBytes: z.number(),
  usedBytes: z.number(),
  storedBytes: z.number(),
  table: z.enum(['mbr', 'gpt']),
  filesystems: z.array(z.string()),
});
export type ImageView = z.infer<typeof imageSchema>;

export const imageDetailSchema = imageSchema.extend({
  partitions: z.array(
    z.object({
      number: z.number(),
      filesystem: z.string(),
      label: z.string(),
      startByte: z.number(),
      lengthBytes: z.number(),
      usedBytes: z.number(),
    }),
  ),
  chunks: z.number(),
});
export type ImageDetailView = z.infer<typeof imageDetailSchema>;
