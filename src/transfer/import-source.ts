import type { DiskImage, ImageSource, Region, SourceDisk } from '../image/index.ts';
import { ahead } from './ahead.ts';
import type { Captured } from './capture-options.ts';
import { Crew } from './crew/crew.ts';
import { cutChunks } from './cut-chunks.ts';
import { imageOf } from './image-of.ts';
import type { ChunkSink, TransferProgress } from './ports.ts';
import { ProgressMeter } from './progress-meter.ts';
import { named, READ_AHEAD } from './raw-chunk.ts';
import { CHUNKS_IN_MEMORY, type StoreJob, storeChunks } from './store-chunks.ts';

export interface ImportOptions {
  /** Read once; closing it is the caller's. */
  readonly source: ImageSource;
  readonly name: string;
  readonly notes: string;
  readonly sink: ChunkSink;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
  /** ISO 8601, UTC, for the index; default: now. */
  readonly createdAt?: string;
}

/**
 * Turns somebody else's image into chunks and hands those that the sink lacks to it. It is read as a stream,
 * and nothing is an image before the caller commits the index.
 *
 * Memory: at most 256 MiB beyond the runtime, whatever the size of the image.
 *
 * @throws MimeoError `import-damaged`, also when the source gives bytes twice, out of order or past a region's
 * end; what the source and the sink throw. The signal's reason when aborted.
 */
export async function importSource(options: ImportOptions): Promise<Captured> {
  const { source, sink, signal } = options;
  const meter = new ProgressMeter(options.onProgress);
  const regions = source.disks.flatMap((disk) => disk.regions);
  meter.begin(
    'reading',
    regions.reduce((sum, region) => sum + (region.usedBytes ?? region.lengthBytes), 0),
  );
  await using crew = new Crew(CHUNKS_IN_MEMORY);
  const job = { sink, meter, signal, crew };
  const disks: DiskImage[] = [];
  for (const disk of source.disks) disks.push(await importDisk(disk, job));
  meter.end();
  return { index: imageOf(disks, options), warnings: [...source.warnings] };
}

async function importDisk(disk: SourceDisk, job: StoreJob): Promise<DiskImage> {
  const regions: Region[] = [];
  for (const region of disk.regions) {
    const cut = cutChunks(region, job.crew.memory, job.signal);
    const chunks = await storeChunks(
      ahead(cut, READ_AHEAD, (chunk) => named(job.crew, chunk)),
      job,
    );
    const { kind, partition, filesystem, label, startByte, lengthBytes } = region;
    regions.push({ kind, partition, filesystem, label, startByte, lengthBytes, chunks });
  }
  return { layout: disk.layout, regions: regions.sort((a, b) => a.startByte - b.startByte) };
}
