import type { ChunkId } from '../image/index.ts';
import type { CheckedChunks } from './checked-chunks.ts';
import { mapBounded } from './gate.ts';
import type { IdSet } from './id-set.ts';
import type { VerifyOptions, VerifyReport } from './upkeep-port.ts';

/** Chunks read ahead of the checks, which bound how many are decompressed at once. */
const READS = 8;

/** Re-hashes chunks and says which are missing or damaged; the damaged ones are set aside. */
export async function verifyChunks(
  chunks: CheckedChunks,
  ids: IdSet,
  { signal, onProgress }: VerifyOptions,
): Promise<Pick<VerifyReport, 'bytes' | 'missing' | 'damaged'>> {
  const missing: ChunkId[] = [];
  const damaged: ChunkId[] = [];
  let done = 0;
  let bytes = 0;
  await mapBounded([...ids], READS, async (id) => {
    signal?.throwIfAborted();
    const found = await chunks.recheck(id);
    if (found.state === 'missing') missing.push(id);
    if (found.state === 'damaged') damaged.push(id);
    bytes += found.bytes;
    onProgress?.({ chunks: ++done, ofChunks: ids.size, bytes });
  });
  return { bytes, missing, damaged };
}
