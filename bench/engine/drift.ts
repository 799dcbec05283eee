import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDisk, type PartitionView, withNtfs, writeAt } from '../../src/disk/index.ts';
import { CHUNK_BYTES, chunkLength, countUsedBytes, type ImageIndex, isFull } from '../../src/image/index.ts';
import { Seeded, SeededBytes } from './seeded.ts';

const RUN_BYTES = 4 * CHUNK_BYTES;
const SECTOR = 512;

/**
 * Overwrites this share of the image's used bytes on a disk that holds it, in runs of 4 MiB that begin at any
 * sector, far enough apart to be runs of their own.
 * @returns bytes overwritten
 */
export async function driftRuns(
  disk: string,
  index: ImageIndex,
  share: number,
  seed: number,
): Promise<number> {
  const random = new Seeded(seed);
  const content = new SeededBytes(seed);
  const places = usedStretches(index);
  const wanted = Math.max(1, Math.round((usedBytes(index) * share) / RUN_BYTES));
  await using target = await openDisk(disk, 'write');
  for (let i = 0; i < wanted; i++) {
    const [place] = places.splice(random.below(places.length), 1);
    if (place === undefined) throw new Error('the volume is too small to drift');
    await writeAt(target, place + random.below(RUN_BYTES / SECTOR) * SECTOR, content.take(RUN_BYTES));
  }
  await target.handle.sync();
  return wanted * RUN_BYTES;
}

function usedBytes({ regions }: ImageIndex): number {
  let bytes = 0;
  for (const { chunks, lengthBytes } of regions) {
    for (let i = 0; i < chunks.count; i++)
      bytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
  }
  return bytes;
}

/** Where eight full chunks follow each other a run of four fits at any offset within the first four. */
function usedStretches({ regions }: ImageIndex): number[] {
  const places: number[] = [];
  for (const { chunks, startByte, lengthBytes } of regions) {
    let full = 0;
    for (let i = 0; i < chunks.count; i++) {
      const length = chunkLength(lengthBytes, i);
      full = length === CHUNK_BYTES && isFull(chunks.mask(i)) ? full + 1 : 0;
      if (full < 8) continue;
      places.push(startByte + (i - 7) * CHUNK_BYTES);
      full = 0;
    }
  }
  return places;
}

/**
 * A school day: a browser's cache, logs, a few documents, an update of one program, things deleted.
 * @param gib size of the volume: a smaller one is used less
 */
export async function dayOfUse(view: PartitionView, gib: number, seed: number): Promise<number> {
  const random = new Seeded(seed);
  const content = new SeededBytes(seed);
  let bytes = 0;
  const write = async (path: string, length: number): Promise<void> => {
    await writeFile(path, content.take(length));
    bytes += length;
  };
  await withNtfs(view, { readOnly: false }, async (root) => {
    const cache = join(root, 'users', 'pupil', 'cache');
    const documents = join(root, 'users', 'pupil', 'documents');
    for (const folder of [cache, documents]) await mkdir(folder, { recursive: true });
    for (let i = 0; i < 300 * gib; i++)
      await write(join(cache, `${seed}-${i}`), random.length(1024, 262_144));
    for (let i = 0; i < 2 * gib; i++)
      await write(join(documents, `${seed}-${i}.odt`), random.length(20_000, 4_000_000));
    for (let i = 0; i < 8 * gib; i++) await appendFile(join(root, `event-${i % 8}.log`), content.take(4000));
    const others = join(root, 'users', '0');
    for (const name of (await readdir(others)).sort().slice(0, gib)) {
      await rm(join(others, name));
      await write(join(others, name), random.length(65_536, 8_388_608));
    }
  });
  return bytes;
}
