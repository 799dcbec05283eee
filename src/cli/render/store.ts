import type { ChunkFaultView, StoreJobView, StoreStatusView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatCount, formatSize } from '../format/quantity.ts';
import { renderFields, renderTable } from '../format/table.ts';
import { formatAgo, formatMoment } from '../format/time.ts';

export function renderStore(status: StoreStatusView, now: number, paint: Paint): string[] {
  const { images, versions, chunks, bytes, unsharedBytes, quarantined, damaged, freeBytes } = status;
  const saved =
    unsharedBytes > bytes ? `; each version alone would come to ${formatSize(unsharedBytes)}` : '';
  return [
    paint('Store', 'bold'),
    ...renderFields(
      [
        ['images', `${images} with ${formatCount(versions, 'version')}`],
        ['stored', `${formatSize(bytes)} in ${formatCount(chunks, 'chunk')}${saved}`],
        ['free', freeBytes === null ? '' : formatSize(freeBytes)],
        [
          'quarantine',
          quarantined.chunks === 0
            ? ''
            : `${formatSize(quarantined.bytes)} in ${formatCount(quarantined.chunks, 'chunk')}`,
        ],
        [
          'set aside',
          damaged.chunks === 0
            ? ''
            : `${formatCount(damaged.chunks, 'damaged chunk')}, ${formatSize(damaged.bytes)}`,
        ],
        [
          'looked at',
          status.scrubbedAt === null
            ? ''
            : `${formatMoment(status.scrubbedAt)} (${formatAgo(status.scrubbedAt, now)})`,
        ],
      ],
      paint,
    ),
    ...status.damagedImages.map(
      ({ name, version, message }) => `${paint('cannot be read:', 'red')} ${name}@${version}: ${message}`,
    ),
    ...status.brokenImages.map(
      ({ name, version, lostChunks, foundAt }) =>
        `${paint('not whole:', 'red')} ${name}@${version}, ${formatCount(lostChunks, 'chunk')} lost, found ${formatAgo(foundAt, now)}. See where: mimeo image verify ${name}@${version}`,
    ),
    '',
    ...(status.jobs.length === 0
      ? ['No jobs since the server was started.']
      : renderJobs(status.jobs, paint)),
  ];
}

function renderJobs(jobs: readonly StoreJobView[], paint: Paint): string[] {
  return renderTable(
    [...jobs].reverse(),
    [
      { title: 'JOB', cell: (job) => job.id },
      { title: 'WHAT', cell: workOf },
      { title: 'BY', cell: (job) => job.by },
      { title: 'BEGAN', cell: (job) => formatMoment(job.startedAt) },
      { title: 'STATE', cell: stateOf },
      { title: '', cell: (job) => job.failure?.message ?? job.outcome?.words ?? '' },
    ],
    paint,
  );
}

/** One job with what it found. */
export function renderJob(job: StoreJobView, paint: Paint): string[] {
  const { outcome } = job;
  if (outcome === null) return [`${workOf(job)} ${job.id}: ${stateOf(job)}`];
  return [
    outcome.sound ? outcome.words : paint(outcome.words, 'red'),
    ...outcome.faults.flatMap((fault) => renderFault(fault)),
    ...(outcome.sound || outcome.faults.length === 0
      ? []
      : ['    → Capture or import an image with the same content again: that puts its chunks back.']),
    ...(stays(job) ? ['    → To have that room at once: mimeo store gc --now'] : []),
  ];
}

/** Whether a garbage collection left something that nobody uses. */
function stays({ outcome }: StoreJobView): boolean {
  const garbage = outcome?.garbage ?? null;
  return garbage !== null && garbage.waiting.chunks + garbage.young.chunks > 0;
}

/** "chunk 0123456789ab is damaged: win-xp@3, partition 2, from byte 104857600 on" */
function renderFault({ chunk, state, healed, places }: ChunkFaultView): string[] {
  const what = `chunk ${chunk.slice(0, 12)} ${healed ? `was ${state} and is healed` : `is ${state}`}`;
  if (places.length === 0) return [`${what}; no image needs it`];
  return places.map(({ image, version, disk, partition, offset }) => {
    const where = partition === 0 ? 'the boot loader before the first partition' : `partition ${partition}`;
    const which = disk === 0 ? '' : `disk ${disk + 1}, `;
    return `${what}: ${image}@${version}, ${which}${where}, from byte ${offset} on`;
  });
}

function workOf({ kind, image, dryRun, now }: StoreJobView): string {
  return [
    kind,
    ...(image === null ? [] : [image]),
    ...(now ? ['(now)'] : []),
    ...(dryRun ? ['(dry run)'] : []),
  ].join(' ');
}

function stateOf({ status, progress, outcome }: StoreJobView): string {
  if (status === 'running' && progress !== null) {
    const share = progress.ofChunks === null ? '' : ` of ${progress.ofChunks}`;
    return `running: ${progress.chunks}${share} chunks`;
  }
  return status === 'done' && outcome?.sound === false ? 'DAMAGE' : status;
}
