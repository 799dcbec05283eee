import { allDisks, CHUNK_BYTES, type ChunkId, type ImageIndex } from '../image/index.ts';

/** Where a chunk lies in an image. */
export interface ChunkPlace {
  readonly image: string;
  readonly version: number;
  /** 0 is the disk that starts the machine. */
  readonly disk: number;
  /** 0 for the gap before the first partition. */
  readonly partition: number;
  /** Bytes from the start of the partition (of the gap). */
  readonly offset: number;
}

/** Every place of these chunks in one image, in the order of its disks. */
export function chunkPlaces(index: ImageIndex, wanted: ReadonlySet<ChunkId>): [ChunkId, ChunkPlace][] {
  const found: [ChunkId, ChunkPlace][] = [];
  const { name: image, version } = index;
  for (const [disk, { regions }] of allDisks(index).entries()) {
    for (const { partition, chunks } of regions) {
      for (let i = 0; i < chunks.count; i++) {
        const id = chunks.id(i);
        if (id === null || !wanted.has(id)) continue;
        found.push([id, { image, version, disk, partition, offset: i * CHUNK_BYTES }]);
      }
    }
  }
  return found;
}
