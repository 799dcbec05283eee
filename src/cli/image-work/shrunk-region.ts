import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openDisk,
  type PartitionShrink,
  readAt,
  readContent,
  shrinkPartitionFile,
  writeAt,
} from '../../disk/index.ts';
import {
  CHUNK_BYTES,
  chunkLength,
  type DiskLayout,
  type Region,
  type SourcePiece,
  type SourceRegion,
  usedRuns,
} from '../../image/index.ts';
import type { ReadChunk } from './stored-image.ts';

/** Read at once from the file of a partition. */
const PIECE_BYTES = CHUNK_BYTES;

export interface RegionShrink {
  readonly shrink: PartitionShrink;
  readonly region: Region;
  /** The table of the smaller disk. */
  readonly layout: DiskLayout;
  readonly chunk: ReadChunk;
  /** Where its file is written; it stays until the caller removes the folder. */
  readonly folder: string;
  /** The image, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/**
 * Writes a partition of an image into a sparse file, makes it smaller there, and gives it back as a region that can be
 * imported.
 *
 * @throws MimeoError of `shrinkPartitionFile` and `readContent`
 */
export async function shrunkRegion(job: RegionShrink): Promise<SourceRegion> {
  const { shrink, region, layout, folder, signal } = job;
  const { number } = shrink.partition;
  const path = join(folder, `partition-${number}`);
  await writeRegion(path, region, job);
  const name = `partition ${number} of ${job.name}`;
  await shrinkPartitionFile({ path, filesystem: shrink.filesystem, toBytes: shrink.toBytes, name, signal });
  await using disk = await openDisk(path, 'read');
  const alone = { ...shrink.partition, startByte: 0, lengthBytes: shrink.toBytes };
  const { filesystem, label, used } = await readContent(disk, alone, signal);
  const startByte = layout.partitions.find((one) => one.number === number)?.startByte ?? region.startByte;
  return {
    kind: 'partition',
    partition: number,
    filesystem,
    label,
    startByte,
    lengthBytes: shrink.toBytes,
    usedBytes: used.reduce((sum, run) => sum + run.length, 0),
    read: (abort) => pieces(path, used, abort),
  };
}

/** Unused bytes stay holes. */
async function writeRegion(path: string, { chunks, lengthBytes }: Region, job: RegionShrink): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(lengthBytes);
  } finally {
    await file.close();
  }
  await using disk = await openDisk(path, 'write');
  for (let i = 0; i < chunks.count; i++) {
    const id = chunks.id(i);
    if (id === null) continue;
    const length = chunkLength(lengthBytes, i);
    const bytes = await job.chunk(id, length);
    for (const run of usedRuns(chunks.mask(i), length)) {
      await writeAt(disk, i * CHUNK_BYTES + run.start, bytes.subarray(run.start, run.start + run.length));
    }
  }
}

async function* pieces(
  path: string,
  used: readonly { readonly start: number; readonly length: number }[],
  signal: AbortSignal,
): AsyncGenerator<SourcePiece> {
  await using disk = await openDisk(path, 'read');
  for (const { start, length } of used) {
    for (let at = start; at < start + length; at += PIECE_BYTES) {
      signal.throwIfAborted();
      yield { offset: at, bytes: await readAt(disk, at, Math.min(PIECE_BYTES, start + length - at)) };
    }
  }
}
