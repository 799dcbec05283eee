import { fixBootSectors, openDisk, writeAt, writeLayout } from '../../disk/index.ts';
import {
  CHUNK_BYTES,
  chunkLength,
  countUsedBytes,
  type DiskImage,
  type Region,
  usedRuns,
} from '../../image/index.ts';
import type { ReadChunk } from '../read-chunk.ts';

/** So many chunks are asked for ahead of the one that is written. */
const AHEAD = 4;

/** Bytes of used blocks. */
export interface ExportProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/**
 * Writes a disk of an image into a plain file that reads as zeros: used blocks, then the partition table. Boot
 * sectors of NTFS that name another place than theirs are mended, as at a deployment.
 *
 * @param file as large as the disk
 * @param onBytes how many bytes of used blocks were written since it was called last
 * @throws MimeoError `disk-failed`, `disk-lies`; what `chunk` throws
 */
export async function writeDisk(
  disk: DiskImage,
  file: string,
  options: {
    readonly chunk: ReadChunk;
    readonly signal: AbortSignal;
    readonly onBytes: (bytes: number) => void;
  },
): Promise<void> {
  {
    await using opened = await openDisk(file, 'write');
    // A plain file has no sectors of its own: it has those of the image.
    const target = { ...opened, sectorBytes: disk.layout.sectorBytes };
    for (const region of disk.regions) {
      for await (const { i, bytes } of chunksOf(region, options)) {
        const at = region.startByte + i * CHUNK_BYTES;
        for (const { start, length } of usedRuns(region.chunks.mask(i), bytes.length)) {
          await writeAt(target, at + start, bytes.subarray(start, start + length));
        }
        options.onBytes(countUsedBytes(region.chunks.mask(i), bytes.length));
      }
    }
    await writeLayout(target, disk.layout);
    await target.handle.sync();
  }
  await fixBootSectors(file, disk.layout);
}

/** Bytes of a disk's used blocks. */
export function usedBytesOf(disk: DiskImage): number {
  let bytes = 0;
  for (const { chunks, lengthBytes } of disk.regions) {
    for (let i = 0; i < chunks.count; i++)
      bytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
  }
  return bytes;
}

/** The chunks that hold something, in order. */
async function* chunksOf(
  { chunks, lengthBytes }: Region,
  { chunk, signal }: { readonly chunk: ReadChunk; readonly signal: AbortSignal },
): AsyncGenerator<{ i: number; bytes: Buffer }> {
  const waiting: { i: number; bytes: Promise<Buffer> }[] = [];
  for (let i = 0; i < chunks.count; i++) {
    const id = chunks.id(i);
    if (id === null) continue;
    signal.throwIfAborted();
    const bytes = chunk(id, chunkLength(lengthBytes, i));
    // One that fails is told when its turn comes.
    bytes.catch(() => undefined);
    waiting.push({ i, bytes });
    const first = waiting.length > AHEAD ? waiting.shift() : undefined;
    if (first !== undefined) yield { i: first.i, bytes: await first.bytes };
  }
  for (const { i, bytes } of waiting) yield { i, bytes: await bytes };
}
