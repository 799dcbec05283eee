import { join } from 'node:path';
import { FolderStore, loadSigningKey } from '../../src/store/index.ts';
import { type ChunkSink, captureDisk, deployDisk, finishDisk } from '../../src/transfer/index.ts';

export const IMAGE = 'bench';
const lives = new AbortController().signal;

export async function openStore(folder: string): Promise<FolderStore> {
  const store = new FolderStore({
    folder,
    signingKey: await loadSigningKey(join(folder, '..', 'bench.key')),
  });
  await store.start();
  return store;
}

/** Disk → store: read, masked, hashed, asked for, compressed, put, index signed and committed. */
export async function captureImage(job: {
  disk: string;
  store: string;
}): Promise<() => Promise<Record<string, number>>> {
  const store = await openStore(job.store);
  return async () => {
    const session = store.beginLocalCapture();
    const sink: ChunkSink = {
      missing: (ids) => session.missing(ids),
      put: (id, frame) => session.putChunkUnchecked(id, frame),
    };
    const { index } = await captureDisk({ disk: job.disk, name: IMAGE, notes: '', sink, signal: lives });
    const summary = await session.commit(index);
    await store.stop();
    return { storedBytes: summary.storedBytes, usedBytes: summary.usedBytes, version: summary.version };
  };
}

/** Store → disk, every chunk's hash checked; the partition table last. */
export async function deployImage(job: {
  disk: string;
  store: string;
  version: number;
  verify: boolean;
}): Promise<() => Promise<Record<string, number>>> {
  const store = await openStore(job.store);
  const { index } = await store.readIndex(IMAGE, job.version);
  return async () => {
    const { disk, verify } = job;
    const report = await deployDisk({
      disk,
      index,
      layout: index.layout,
      source: {
        fetch: (id) => store.getChunk(id),
        reportBad: (id, words) => Promise.reject(new Error(`chunk ${id}: ${words}`)),
      },
      saveTable: () => Promise.resolve(),
      signal: lives,
      verify,
    });
    await finishDisk({ disk, layout: index.layout });
    await store.stop();
    const { reusedBytes, writtenBytes, networkBytes } = report;
    return { reusedBytes, writtenBytes, networkBytes, readBack: report.readBack ? 1 : 0 };
  };
}
