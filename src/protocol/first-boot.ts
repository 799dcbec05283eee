import { z } from 'zod';
import type { StepReport } from '../personalise/index.ts';

/**
 * `POST /first-boot/v1/steps`: what the service on the deployed host says of one step, with the host's own token. Answer
 * with any 2xx; a 4xx other than 408 and 429 means that it shall not come again. Reports come in their order, late when
 * the host was offline, and twice when an answer was lost.
 */
export const stepReportSchema = z.object({
  /** Counted from 1; 0 is Windows' own setup, which is waited for. */
  step: z.number().int().min(0).max(999),
  name: z.string().max(200),
  state: z.enum(['started', 'finished', 'failed', 'skipped', 'waiting-for-reboot']),
  /** Null: it was stopped after its time, was cut off too often, or is none of a program. */
  exitCode: z
    .number()
    .int()
    .min(-(2 ** 31))
    .max(2 ** 32 - 1)
    .nullable(),
  /** Null where it was not measured, as over a restart. */
  seconds: z.number().min(0).max(1e9).nullable(),
  /** 0: what the step brings was there already, so it was never begun. */
  attempt: z.number().int().min(0).max(1000),
  /** The end of what it printed. */
  logTail: z.string().max(4096),
}) satisfies z.ZodType<StepReport>;
