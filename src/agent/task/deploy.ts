import {
  fixBootSectors,
  growFilesystem,
  placeFallbackLoader,
  registerBootEntry,
  releaseDisk,
  spareRoom,
} from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import {
  type DiskImage,
  type DiskLayout,
  decodeIndex,
  type ImageIndex,
  imageNameKey,
  verifyIndex,
} from '../../image/index.ts';
import type { Bring } from '../../personalise/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';
import { type DeployReport, deployDisk, finishDisk } from '../../transfer/index.ts';
import { serverChunkSource } from '../server-link/chunk-ports.ts';
import { personaliseDisk } from './personalise-disk.ts';
import { diskKey, type PlannedDisk, planDisks } from './plan-disks.ts';
import { savingsWords } from './savings.ts';
import type { TaskContext, TaskResult } from './task-context.ts';

/**
 * Puts an image on this host's disk, or on its disks. The order of the steps is the house's: nothing is touched
 * before everything is known to fit, and what makes the machine start is written last. Every step may run twice.
 */
export async function deploy(order: DeployOrder, context: TaskContext): Promise<TaskResult> {
  const { link, signal, log } = context;
  context.step('preparing');
  const index = await fetchIndex(order, context);
  const planned = await planDisks(order, index, context);
  for (const { target, plan } of planned) {
    for (const words of await releaseDisk(target.device)) log(words);
    log(
      `image ${index.name} version ${index.version} goes to ${target.device} (${target.model}, ${target.sizeBytes} bytes)`,
    );
    for (const words of plan.words) log(words);
  }
  const warnings = planned.flatMap(({ plan }) => plan.warnings);
  const reports: DeployReport[] = [];
  for (const disk of planned) {
    const report = await writeDisk(disk, order, context);
    reports.push(report);
    warnings.push(...damageWords(report.badChunks, report.rewrittenChunks));
  }
  // What follows changes the disks: they are not what the image says any more.
  context.neighbours?.serveFromMemoryOnly();
  for (const disk of planned) warnings.push(...(await settleDisk(disk, order, context)));
  const [boot] = planned;
  if (order.personalise !== null && boot !== undefined) {
    signal.throwIfAborted();
    context.step('personalising');
    const regions = writtenPart(boot).image.regions;
    const bring: Bring = ({ sha256 }, from) => link.fetchFilePart(order.taskId, sha256, from, signal);
    const request = { disk: boot.target.device, regions, layout: boot.plan.layout, bring };
    warnings.push(...(await personaliseDisk({ ...request, order: order.personalise, log })));
  }

  // From here on nothing stops it: a disk with half a table would be worse than a moment's wait.
  signal.throwIfAborted();
  context.step('finishing');
  // What starts the machine comes last: until then it starts on nothing.
  for (const disk of planned.toReversed()) warnings.push(...(await finish(disk)));
  const words = `${order.host.name} has image ${index.name} version ${index.version}: ${savingsWords(reports)}`;
  return { words, warnings };
}

async function writeDisk(
  { target, number, image, plan }: PlannedDisk,
  order: DeployOrder,
  { link, neighbours, signal, progress, diskTouched, readBack, log }: TaskContext,
): Promise<DeployReport> {
  const { taskId } = order;
  const written = { taskId, disk: number, unwritten: [...plan.unwritten] };
  const report = await deployDisk({
    disk: target.device,
    index: image,
    layout: plan.layout,
    keep: plan.unwritten,
    source: neighbours?.source(written, signal) ?? serverChunkSource(link, taskId, signal),
    saveTable: (bytes) => link.putSavedTable(taskId, diskKey(target), bytes, signal),
    onTouch: diskTouched,
    onProgress: progress,
    signal,
    verify: readBack,
  });
  log(
    `${target.device}: ${report.writtenBytes} bytes written, ${report.reusedBytes} found on the disk, ${report.networkBytes} over the network`,
  );
  return report;
}

/** So much of a partition may lie behind its filesystem without a reason: formatters round to cylinders and clusters. */
const SPARE_BYTES = 8 * 1_048_576;

/**
 * Makes what was written fit its place: boot sectors, the filesystem whose partition has grown, and filesystems
 * that came smaller than their partition.
 */
async function settleDisk(
  planned: PlannedDisk,
  order: DeployOrder,
  { signal, step, log }: TaskContext,
): Promise<string[]> {
  const { target, plan } = planned;
  signal.throwIfAborted();
  const { image, layout } = writtenPart(planned);
  await fixBootSectors(target.device, layout);
  if (order.grow === 'none') return [];
  const warnings: string[] = [];
  for (const { partition: number, filesystem } of image.regions) {
    const partition = layout.partitions.find((one) => one.number === number);
    if (partition === undefined) continue;
    const view = { disk: target.device, sectorBytes: layout.sectorBytes, partition };
    const grown = plan.growth?.partition.number === number ? plan.growth : null;
    if (grown === null && (await spareRoom(view, filesystem)) < SPARE_BYTES) continue;
    signal.throwIfAborted();
    step('growing');
    log(
      `partition ${number} ${grown === null ? 'is larger than its filesystem, which grows' : `grows from ${grown.fromBytes}`} to ${partition.lengthBytes} bytes`,
    );
    warnings.push(...(await growFilesystem(view, filesystem, signal)));
  }
  return warnings;
}

async function finish(planned: PlannedDisk): Promise<string[]> {
  const disk = planned.target.device;
  const own = writtenPart(planned).layout;
  const warnings = await placeFallbackLoader(disk, own);
  await finishDisk({ disk, layout: planned.plan.layout });
  warnings.push(...(await registerBootEntry(disk, own)));
  return warnings;
}

/** What came from the image; what was kept is not ours to look at or to change. */
function writtenPart({ image, plan }: PlannedDisk): { image: DiskImage; layout: DiskLayout } {
  const kept = new Set(plan.kept.map(({ number }) => number));
  const partitions = plan.layout.partitions.filter(({ number }) => !kept.has(number));
  const regions = image.regions.filter(({ partition }) => !plan.unwritten.has(partition));
  return { image: { ...image, regions }, layout: { ...plan.layout, partitions } };
}

async function fetchIndex(
  order: DeployOrder,
  { link, trustedKeys, signal }: TaskContext,
): Promise<ImageIndex> {
  const signed = await link.fetchIndex(order.taskId, signal);
  const index = decodeIndex(verifyIndex(signed, trustedKeys));
  const { name, version } = order.image;
  // A signature says who made an image, not that it is the one that was ordered: an older one is signed as well.
  if (imageNameKey(index.name) !== imageNameKey(name) || index.version !== version) {
    throw new MimeoError(
      'index-untrusted',
      `Image ${name} version ${version} was ordered, and the index of ${index.name} version ${index.version} came.`,
      {
        next: 'Order the deployment again; if this comes again, somebody may be changing what the server sends.',
      },
    );
  }
  return index;
}

function damageWords(badChunks: number, rewrittenChunks: number): string[] {
  const chunks = (count: number): string => `${count} ${count === 1 ? 'chunk' : 'chunks'}`;
  const bad = `Damaged on the way from the server, fetched again: ${chunks(badChunks)}.`;
  const rewritten = `Read back wrong from the disk, written again: ${chunks(rewrittenChunks)}. The disk may be failing.`;
  return [...(badChunks === 0 ? [] : [bad]), ...(rewrittenChunks === 0 ? [] : [rewritten])];
}
