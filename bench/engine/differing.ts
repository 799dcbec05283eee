import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openDisk, readAt } from '../../src/disk/index.ts';
import {
  BLOCK_BYTES,
  BLOCKS_PER_CHUNK,
  CHUNK_BYTES,
  chunkLength,
  type ImageIndex,
  isUsed,
} from '../../src/image/index.ts';

export interface Differing {
  readonly blocks: number;
  /** What zstd -3 makes of these blocks in one stream: the least a store could grow by. */
  readonly packedBytes: number;
  /** Chunks that hold any of them, and their stored bytes: what chunks of 1 MiB cost at least. */
  readonly chunks: number;
  readonly chunkBytes: number;
  /** Of these chunks those where less than a tenth of the blocks differs: tables of the file system, mostly. */
  readonly sparseChunks: number;
  readonly sparseChunkBytes: number;
}

/** Compares two versions of a disk block by block: those that the second uses and the first has not so. */
export async function differing(
  first: { disk: string; index: ImageIndex },
  second: { disk: string; index: ImageIndex },
): Promise<Differing> {
  const zstd = spawn('zstd', ['-3', '--quiet', '--stdout'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let packedBytes = 0;
  zstd.stdout.on('data', (bytes: Buffer) => {
    packedBytes += bytes.length;
  });
  const ended = once(zstd, 'close');
  await using old = await openDisk(first.disk, 'read');
  await using now = await openDisk(second.disk, 'read');
  let [blocks, chunks, chunkBytes, sparseChunks, sparseChunkBytes] = [0, 0, 0, 0, 0];
  for (const [r, region] of second.index.regions.entries()) {
    const before = first.index.regions[r];
    if (before?.startByte !== region.startByte) throw new Error('the two versions are laid out differently');
    for (let i = 0; i < region.chunks.count; i++) {
      const id = region.chunks.id(i);
      if (id === null || id === before.chunks.id(i)) continue;
      const length = chunkLength(region.lengthBytes, i);
      const at = region.startByte + i * CHUNK_BYTES;
      const [was, is] = [await readAt(old, at, length), await readAt(now, at, length)];
      const blocksBefore = blocks;
      chunks++;
      chunkBytes += region.chunks.storedBytes(i);
      for (let block = 0; block * BLOCK_BYTES < length; block++) {
        const [from, to] = [block * BLOCK_BYTES, Math.min(length, (block + 1) * BLOCK_BYTES)];
        if (!isUsed(region.chunks.mask(i), block)) continue;
        if (isUsed(before.chunks.mask(i), block) && was.subarray(from, to).equals(is.subarray(from, to)))
          continue;
        blocks++;
        if (!zstd.stdin.write(is.subarray(from, to))) await once(zstd.stdin, 'drain');
      }
      if (blocks - blocksBefore >= BLOCKS_PER_CHUNK / 10) continue;
      sparseChunks++;
      sparseChunkBytes += region.chunks.storedBytes(i);
    }
  }
  zstd.stdin.end();
  const [status] = await ended;
  if (status !== 0) throw new Error(`zstd ended with status ${status}`);
  return { blocks, packedBytes, chunks, chunkBytes, sparseChunks, sparseChunkBytes };
}
