import { z } from 'zod';

/** What a host would become with an image, value by value. */
export const hostExplanationSchema = z.object({
  host: z.string(),
  image: z.string(),
  version: z.number(),
  /** The outermost first. */
  locations: z.array(z.string()),
  lines: z.array(
    z.object({
      path: z.string(),
      /** Secrets say `(secret)`. */
      value: z.string(),
      /** `school.toml, line 5, column 13`; null when no profile says it. */
      from: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.string()),
});
export type HostExplanationView = z.infer<typeof hostExplanationSchema>;
