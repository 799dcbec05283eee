import { z } from 'zod';

/** `POST /api/v1/imports`: opens an upload; nothing of it is an image before its index is put. */
export const importRequestSchema = z.object({ image: z.string().min(1).max(80) });
export const importReplySchema = z.object({ id: z.string() });

/** `PUT /api/v1/imports/:id/index`: what it became. */
export const importedSchema = z.object({
  name: z.string(),
  version: z.number(),
  diskBytes: z.number(),
  usedBytes: z.number(),
  storedBytes: z.number(),
});
export type ImportedView = z.infer<typeof importedSchema>;
