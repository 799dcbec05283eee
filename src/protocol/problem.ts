import { z } from 'zod';

/** Every refusal of the server, to agents and people alike (RFC 9457 with our own fields). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  next: z.string(),
  kind: z.enum(['permanent', 'transient']),
});
export type Problem = z.infer<typeof problemSchema>;
