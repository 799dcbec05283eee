import { closeSync, openSync, readSync } from 'node:fs';
import { CHUNK_BYTES, chunkLength, usedRuns } from '../../src/image/index.ts';
import { IMAGE, openStore } from './mimeo-side.ts';

/**
 * The floor of any re-image that does not trust the disk: every used block is read once, in order, by the
 * plainest loop there is; nothing is done with it.
 */
export async function readUsed(job: {
  disk: string;
  store: string;
  version: number;
}): Promise<() => Promise<Record<string, number>>> {
  const store = await openStore(job.store);
  const { index } = await store.readIndex(IMAGE, job.version);
  await store.stop();
  return () => {
    const disk = openSync(job.disk, 'r');
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let readBytes = 0;
    for (const { chunks, startByte, lengthBytes } of index.regions) {
      for (let i = 0; i < chunks.count; i++) {
        const runs = usedRuns(chunks.mask(i), chunkLength(lengthBytes, i));
        const [first, last] = [runs[0], runs.at(-1)];
        if (first === undefined || last === undefined) continue;
        const length = last.start + last.length - first.start;
        const read = readSync(disk, buffer, 0, length, startByte + i * CHUNK_BYTES + first.start);
        if (read !== length) throw new Error(`${job.disk} gave ${read} of ${length} bytes`);
        readBytes += read;
      }
    }
    closeSync(disk);
    return Promise.resolve({ readBytes });
  };
}
