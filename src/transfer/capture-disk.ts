import {
  type Disk,
  isExtended,
  openDisk,
  readContent,
  readDiskLayout,
  refuseDynamic,
  refuseUnwritable,
  withReadOnly,
} from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import {
  chunkLength,
  countUsedBytes,
  type DiskImage,
  type DiskLayout,
  type Region,
  regionMasks,
} from '../image/index.ts';
import type { Captured, CaptureOptions } from './capture-options.ts';
import { Crew } from './crew/crew.ts';
import { openPorts } from './crew/disk-ports.ts';
import { imageOf } from './image-of.ts';
import { ProgressMeter } from './progress-meter.ts';
import { type CapturedRegion, readChunks } from './read-chunks.ts';
import { CHUNKS_IN_MEMORY, storeChunks } from './store-chunks.ts';

/** Boot loaders live right after the MBR; the gap is the image's up to here. */
const GAP_END = 1_048_576;

/** A disk that is to be captured: all that can speak against it has been looked at. */
interface PlannedDisk {
  readonly disk: Disk;
  readonly layout: DiskLayout;
  readonly regions: readonly CapturedRegion[];
}

/**
 * Reads a machine's disks into chunks and hands those that the sink lacks to it; used blocks only. The disks are
 * opened for reading only, and the kernel is told to refuse writes to them meanwhile. Everything that speaks
 * against the capture is found before the first chunk is sent.
 *
 * Memory: at most 256 MiB beyond the runtime, whatever the size of the disks.
 *
 * @throws MimeoError `table-unreadable`, `table-unwritable`, `disk-dynamic`, `volume-dirty`, `volume-hibernated`, `volume-damaged`,
 * `disk-failed`, and what the sink throws. The signal's reason when aborted.
 */
export async function captureDisk(options: CaptureOptions): Promise<Captured> {
  return await withOpen([options.disk, ...(options.otherDisks ?? [])], [], (disks) =>
    captureOpenDisks(disks, options),
  );
}

async function withOpen<T>(
  paths: readonly string[],
  opened: readonly Disk[],
  use: (disks: readonly Disk[]) => Promise<T>,
): Promise<T> {
  const [path, ...others] = paths;
  if (path === undefined) return await use(opened);
  return await withReadOnly(path, async () => {
    await using disk = await openDisk(path, 'read');
    return await withOpen(others, [...opened, disk], use);
  });
}

async function captureOpenDisks(disks: readonly Disk[], options: CaptureOptions): Promise<Captured> {
  const { sink, signal } = options;
  const warnings: string[] = [];
  const planned: PlannedDisk[] = [];
  for (const disk of disks) planned.push(await planDisk(disk, warnings, signal));
  const meter = new ProgressMeter(options.onProgress);
  const all = planned.flatMap(({ regions }) => regions);
  meter.begin(
    'reading',
    all.reduce((sum, region) => sum + usedBytes(region), 0),
  );
  await using crew = new Crew(CHUNKS_IN_MEMORY);
  const job = { sink, meter, signal, crew };
  const images: DiskImage[] = [];
  for (const { disk, layout, regions: plan } of planned) {
    await using open = await openPorts(disk, 'read');
    const on = { crew, disk, ports: open.ports };
    const regions: Region[] = [];
    for (const region of plan) {
      const chunks = await storeChunks(readChunks(on, region, signal), job);
      const { kind, partition, filesystem, label, startByte, lengthBytes } = region;
      regions.push({ kind, partition, filesystem, label, startByte, lengthBytes, chunks });
    }
    images.push({ layout, regions });
  }
  return { index: imageOf(images, options), warnings };
}

async function planDisk(disk: Disk, warnings: string[], signal: AbortSignal): Promise<PlannedDisk> {
  const layout = await readDiskLayout(disk);
  refuseDynamic(layout, disk.path);
  await refuseUnwritable(layout);
  return { disk, layout, regions: await planRegions(disk, layout, warnings, signal) };
}

/** What will be read, in the order of the disk. */
async function planRegions(
  disk: Disk,
  layout: DiskLayout,
  warnings: string[],
  signal: AbortSignal,
): Promise<CapturedRegion[]> {
  if (layout.partitions.length === 0) {
    throw new MimeoError('table-unreadable', `${disk.path} has a partition table without a partition.`);
  }
  const regions: CapturedRegion[] = gapRegion(layout);
  for (const partition of layout.partitions) {
    if (isExtended(layout, partition)) continue;
    signal.throwIfAborted();
    const content = await readContent(disk, partition, signal);
    warnings.push(...content.warnings);
    const { startByte, lengthBytes, number } = partition;
    const { filesystem, label, used } = content;
    regions.push({ kind: 'partition', partition: number, filesystem, label, startByte, lengthBytes, used });
  }
  return regions.sort((a, b) => a.startByte - b.startByte);
}

/** On GPT disks loaders have a partition of their own. */
function gapRegion(layout: DiskLayout): CapturedRegion[] {
  const startByte = layout.sectorBytes;
  const end = Math.min(GAP_END, ...layout.partitions.map((partition) => partition.startByte));
  if (layout.table === 'gpt' || end <= startByte) return [];
  const lengthBytes = end - startByte;
  const used = [{ start: 0, length: lengthBytes }];
  return [{ kind: 'gap', partition: 0, filesystem: 'raw', label: '', startByte, lengthBytes, used }];
}

/** In whole blocks, as the progress counts them. */
function usedBytes({ used, lengthBytes }: CapturedRegion): number {
  let bytes = 0;
  let i = 0;
  for (const mask of regionMasks(used, lengthBytes))
    bytes += countUsedBytes(mask, chunkLength(lengthBytes, i++));
  return bytes;
}
