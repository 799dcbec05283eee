import type { ChunkId, ImageIndex } from '../../../src/image/index.ts';
import {
  type ChunkSink,
  type ChunkSource,
  captureDisk,
  type DeployReport,
  deployDisk,
  finishDisk,
  type TransferProgress,
} from '../../../src/transfer/index.ts';

export const lives = new AbortController().signal;

/** Chunks in memory, with a count of what was fetched. */
export class Shop implements ChunkSink, ChunkSource {
  readonly frames = new Map<ChunkId, Buffer>();
  fetchedBytes = 0;
  puts = 0;
  /** Called before each put and fetch. */
  onWork: () => void = () => undefined;

  missing(ids: readonly ChunkId[]): Promise<ChunkId[]> {
    return Promise.resolve(ids.filter((id) => !this.frames.has(id)));
  }

  put(id: ChunkId, frame: Buffer): Promise<void> {
    this.onWork();
    this.puts++;
    this.frames.set(id, frame);
    return Promise.resolve();
  }

  fetch(id: ChunkId): Promise<Buffer> {
    this.onWork();
    const frame = this.frames.get(id);
    if (frame === undefined) return Promise.reject(new Error(`no chunk ${id}`));
    this.fetchedBytes += frame.length;
    return Promise.resolve(frame);
  }

  reportBad(id: ChunkId, words: string): Promise<void> {
    return Promise.reject(new Error(`chunk ${id}: ${words}`));
  }
}

export async function capture(disk: string, sink: ChunkSink, signal = lives): Promise<ImageIndex> {
  return (await captureDisk({ disk, name: 'lab', notes: '', sink, signal })).index;
}

/** What a deploy said of itself, and what the shop and the progress saw of it. */
export interface Deployed extends DeployReport {
  readonly fetchedBytes: number;
  /** Used bytes that were read back. */
  readonly verifiedBytes: number;
}

/** Puts an image on a disk of the master's size, partition table included. */
export async function deploy(disk: string, index: ImageIndex, shop: Shop, signal = lives): Promise<Deployed> {
  const before = shop.fetchedBytes;
  let verifiedBytes = 0;
  const report = await deployDisk({
    disk,
    index,
    layout: index.layout,
    source: shop,
    saveTable: () => Promise.resolve(),
    onProgress: ({ phase, doneBytes }: TransferProgress) => {
      if (phase === 'verifying') verifiedBytes = doneBytes;
    },
    signal,
    verify: true,
  });
  await finishDisk({ disk, layout: index.layout });
  return { ...report, fetchedBytes: shop.fetchedBytes - before, verifiedBytes };
}
