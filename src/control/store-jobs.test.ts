import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import type { GarbageOptions, GarbageReport, ScrubOptions, ScrubReport } from '../store/index.ts';
import { ITSELF } from './store-job.ts';
import { StoreJobs } from './store-jobs.ts';
import type { WorkedStore } from './store-work.ts';

const GARBAGE: GarbageReport = {
  chunks: 2,
  bytes: 2_000_000,
  quarantined: { chunks: 1, bytes: 5 },
  waiting: { chunks: 1, bytes: 5 },
  young: { chunks: 30, bytes: 12_000_000 },
  restored: 0,
};
const SCRUBBED: ScrubReport = {
  chunks: 10,
  bytes: 10,
  damaged: [],
  missing: [],
  healed: [],
  lost: [],
  damagedImages: [],
};

/** A store whose scrubs last until they are told to end, or are aborted. */
function slowStore() {
  const log: string[] = [];
  let running = 0;
  let end = (): void => undefined;
  const busy = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    assert.equal(running++, 0, 'one thing after the other');
    log.push(name);
    try {
      return await work();
    } finally {
      running--;
    }
  };
  const store: WorkedStore = {
    collectGarbage: () => busy('gc', async () => GARBAGE),
    scrub: ({ signal, onProgress }: ScrubOptions = {}) =>
      busy('scrub', () => {
        onProgress?.({ chunks: 1, ofChunks: 10, bytes: 1 });
        return new Promise((resolve, reject) => {
          end = () => resolve(SCRUBBED);
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }),
    verify: () => busy('verify', () => Promise.reject(new Error('the disk is on fire'))),
    list: async () => [],
    readIndex: () => Promise.reject(new Error('not asked for')),
  };
  return { store, log, endScrub: () => end() };
}

function jobsOf(store: WorkedStore) {
  const told: string[] = [];
  const scrubs: number[] = [];
  const jobs = new StoreJobs({
    store,
    hub: {
      publish: async (_topic, { level, words }) => {
        told.push(`${level}: ${words}`);
      },
    },
    clock: systemClock,
    onDone: async ({ kind }, _outcome, at) => {
      if (kind === 'scrub') scrubs.push(at);
    },
    onFault: (error) => assert.fail(String(error)),
  });
  return { jobs, told, scrubs };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

test('one after the other; asked for twice, a job is done once', async () => {
  const { store, log, endScrub } = slowStore();
  const { jobs, told, scrubs } = jobsOf(store);
  const scrub = jobs.request({ kind: 'scrub', bytesPerSecond: null }, 'admin');
  const again = jobs.request({ kind: 'scrub', bytesPerSecond: 5_000_000 }, 'eve');
  assert.equal(again.id, scrub.id);
  const dry = jobs.request({ kind: 'gc', dryRun: true, now: false }, 'admin');
  const gc = jobs.request({ kind: 'gc', dryRun: false, now: false }, 'admin');
  assert.notEqual(dry.id, gc.id);
  await until(() => jobs.get(scrub.id).progress?.chunks === 1);
  assert.deepEqual(
    jobs.list().map(({ status }) => status),
    ['running', 'waiting', 'waiting'],
  );
  endScrub();
  await until(() => jobs.get(gc.id).status === 'done');
  assert.deepEqual(log, ['scrub', 'gc', 'gc']);
  assert.equal(scrubs.length, 1);
  assert.equal(told.length, 2, 'a dry run is nobody else’s news');
  assert.match(told[1] ?? '', /2 chunks \(2\.0 MB\) deleted; 1 chunk \(5 B\) .* put into quarantine/);
  assert.match(jobs.get(dry.id).outcome?.words ?? '', /would be deleted/);
  assert.match(
    told[1] ?? '',
    /30 chunks \(12\.0 MB\) that no image uses are younger than a day and stay for now\./,
  );
});

test('what the server collects by itself is told, also when it all goes into quarantine; at once there is no grace', async () => {
  const { store } = slowStore();
  const asked: GarbageOptions[] = [];
  const report = { ...GARBAGE, chunks: 0, bytes: 0, young: { chunks: 1, bytes: 7 } };
  const { jobs, told } = jobsOf({
    ...store,
    collectGarbage: async (options) => {
      asked.push(options);
      return report;
    },
  });
  jobs.request({ kind: 'gc', dryRun: false, now: false }, ITSELF);
  const atOnce = jobs.request({ kind: 'gc', dryRun: false, now: true }, 'admin');
  await until(() => jobs.get(atOnce.id).status === 'done');
  assert.equal(
    told[0],
    'info: Garbage collection: 0 chunks (0 B) deleted; 1 chunk (5 B) that no image uses put into quarantine for a day. In quarantine: 1 (5 B). 1 chunk (7 B) that no image uses is younger than a day and stays for now.',
  );
  assert.deepEqual(asked, [
    { olderThanMs: 86_400_000, atOnce: false, dryRun: false },
    { olderThanMs: 0, atOnce: true, dryRun: false },
  ]);
});

test('what the server does by itself makes way, and is done afterwards', async () => {
  const { store, log, endScrub } = slowStore();
  const { jobs } = jobsOf(store);
  const scrub = jobs.request({ kind: 'scrub', bytesPerSecond: 1_000_000 }, ITSELF);
  await until(() => jobs.get(scrub.id).status === 'running');
  jobs.request({ kind: 'gc', dryRun: false, now: false }, ITSELF);
  await turn();
  assert.deepEqual(log, ['scrub'], 'its own jobs wait for each other');
  const verify = jobs.request({ kind: 'verify', image: 'xp', version: 1 }, 'admin');
  await until(() => jobs.get(verify.id).status === 'failed');
  await until(() => log.filter((name) => name === 'scrub').length === 2);
  endScrub();
  await until(() => jobs.get(scrub.id).status === 'done');
  assert.deepEqual(log.slice(0, 2), ['scrub', 'verify']);
});

test('a job can be cancelled while it waits and while it runs; a failure is told; the end cancels all', async () => {
  const { store, log } = slowStore();
  const { jobs, told } = jobsOf(store);
  const running = jobs.request({ kind: 'scrub', bytesPerSecond: null }, 'admin');
  const waiting = jobs.request({ kind: 'gc', dryRun: false, now: false }, 'admin');
  await until(() => log.length === 1);
  assert.equal(jobs.cancel(waiting.id).status, 'cancelled');
  jobs.cancel(running.id);
  await until(() => jobs.get(running.id).status === 'cancelled');
  assert.deepEqual(log, ['scrub']);
  const failing = jobs.request({ kind: 'verify', image: 'xp', version: 1 }, 'admin');
  await until(() => jobs.get(failing.id).status === 'failed');
  assert.deepEqual(told, ['warning: Verification of xp@1 failed: the disk is on fire']);
  assert.throws(() => jobs.get('j-nobody'), { code: 'job-missing' });

  const last = jobs.request({ kind: 'scrub', bytesPerSecond: null }, 'admin');
  const never = jobs.request({ kind: 'gc', dryRun: false, now: false }, 'admin');
  await until(() => jobs.get(last.id).status === 'running');
  await jobs.stop();
  assert.equal(jobs.get(last.id).status, 'cancelled');
  await turn();
  assert.deepEqual([jobs.get(never.id).status, log.includes('gc')], ['cancelled', false]);
});
