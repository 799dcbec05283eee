import { setTimeout as delay } from 'node:timers/promises';
import type { StoreJobView } from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { Interrupted } from '../cli-error.ts';
import type { Session } from '../session.ts';
import { patiently } from './patience.ts';
import { WorkLine } from './work-line.ts';

const LOOK_MS = 500;
const FIRST_LOOK_MS = 50;

/**
 * Waits for the end of a job of the store, with its progress on standard error.
 *
 * @param bytes about how many it reads, for the percentage; 0 when nobody can say
 * @throws MimeoError `job-failed`, `job-cancelled`. Interrupted by Ctrl-C: the job goes on
 */
export async function followJob(session: Session, first: StoreJobView, bytes: number): Promise<StoreJobView> {
  const line = new WorkLine(session);
  let job = first;
  for (let wait = FIRST_LOOK_MS; job.status === 'waiting' || job.status === 'running'; wait = LOOK_MS) {
    await delay(wait, undefined, { signal: session.signal }).catch(() => {
      throw new Interrupted(
        `The job goes on. See it: mimeo store status; stop it: mimeo store cancel ${job.id}`,
      );
    });
    job = await patiently(session, () => session.api.store.job(job.id));
    if (job.status === 'waiting')
      line.tell({ phase: 'waiting for another job', doneBytes: 0, totalBytes: 0 });
    else if (job.progress !== null) {
      line.tell({ phase: 'reading', doneBytes: job.progress.bytes, totalBytes: bytes });
    }
  }
  if (job.status === 'failed' && job.failure !== null) {
    throw new MimeoError('job-failed', job.failure.message, { next: job.failure.next });
  }
  if (job.status === 'cancelled') throw new MimeoError('job-cancelled', `The job ${job.id} was cancelled.`);
  return job;
}
