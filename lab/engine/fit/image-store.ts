import { join } from 'node:path';
import {
  type ChunkId,
  type DiskImage,
  encodeIndex,
  generateSigningKey,
  publicKeyOf,
  signIndex,
} from '../../../src/image/index.ts';
import { captureDisk } from '../../../src/transfer/index.ts';

/** Signed indexes by name and chunks by id, in memory, and the folder for saved tables. */
export interface ImagesStore {
  readonly indexes: Map<string, Buffer>;
  readonly chunks: Map<ChunkId, Buffer>;
  readonly signingKey: ReturnType<typeof generateSigningKey>;
  /** What agents check signatures with. */
  readonly key: string;
  readonly tables: string;
}

export function imagesIn(folder: string): ImagesStore {
  const signingKey = generateSigningKey();
  const key = publicKeyOf(signingKey);
  return { indexes: new Map(), chunks: new Map(), signingKey, key, tables: join(folder, 'tables') };
}

/** Captures disks into one image of this name, the disk that starts the machine first. */
export async function captureInto(
  images: ImagesStore,
  name: string,
  disks: readonly string[],
): Promise<DiskImage[]> {
  const captured: DiskImage[] = [];
  for (const disk of disks) captured.push(await captureOne(images.chunks, disk));
  putIndex(images, name, captured);
  return captured;
}

/** Signs an index for these disks, as version 1. */
export function putIndex(images: ImagesStore, name: string, disks: readonly DiskImage[]): void {
  const [boot, ...otherDisks] = disks;
  if (boot === undefined) throw new Error('an image needs a disk');
  const createdAt = new Date().toISOString();
  const index = encodeIndex({ name, version: 1, createdAt, notes: '', ...boot, otherDisks });
  images.indexes.set(name, signIndex(index, images.signingKey));
}

export async function captureOne(chunks: Map<ChunkId, Buffer>, disk: string): Promise<DiskImage> {
  const { index } = await captureDisk({
    disk,
    name: 'lab',
    notes: '',
    sink: {
      missing: (ids) => Promise.resolve(ids.filter((id) => !chunks.has(id))),
      put: async (id, frame) => void chunks.set(id, frame),
    },
    signal: new AbortController().signal,
  });
  return { layout: index.layout, regions: index.regions };
}
