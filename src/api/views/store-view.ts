import type { StoreJob } from '../../control/index.ts';
import type { StoreJobView } from '../schemas/index.ts';
import { isoOf } from './time.ts';

/** More than this are a lost disk, and no list for people. */
const MAX_FAULTS = 1000;

export function storeJobView(job: StoreJob): StoreJobView {
  const { wish, outcome } = job;
  return {
    id: job.id,
    kind: wish.kind,
    image: wish.kind === 'verify' ? `${wish.image}@${wish.version}` : null,
    dryRun: wish.kind === 'gc' && wish.dryRun,
    now: wish.kind === 'gc' && wish.now,
    by: job.by,
    status: job.status,
    createdAt: new Date(job.createdAt).toISOString(),
    startedAt: isoOf(job.startedAt),
    endedAt: isoOf(job.endedAt),
    progress: job.progress,
    outcome:
      outcome === null
        ? null
        : {
            ...outcome,
            faults: outcome.faults
              .slice(0, MAX_FAULTS)
              .map((fault) => ({ ...fault, places: [...fault.places] })),
            damagedImages: [...outcome.damagedImages],
          },
    failure: job.failure,
  };
}
