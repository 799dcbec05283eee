import type { SourcePiece } from '../../image/index.ts';
import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';
import type { NtfscloneHead } from './ntfsclone-head.ts';

/** A count of clusters (u64) that are not in use. */
const GAP = 0;
/** The content of the next cluster. */
const CLUSTER = 1;
const PIECE_BYTES = 1_048_576;

/**
 * Reads the commands after the head to the stream's end, which must be where the last of them ends.
 * @throws MimeoError `import-damaged`
 */
export async function* readClusters(stream: ByteStream, head: NtfscloneHead): AsyncGenerator<SourcePiece> {
  const { clusterBytes, clusters } = head;
  const piece = Buffer.alloc(Math.max(PIECE_BYTES, clusterBytes));
  let [filled, at, used] = [0, 0, 0];
  while (at < clusters) {
    const commandAt = stream.position;
    const command = (await stream.read(1, 'the clusters')).readUInt8(0);
    if (command === CLUSTER) {
      used++;
      piece.set(await stream.read(clusterBytes, `cluster ${at}`), filled);
      filled += clusterBytes;
      at++;
      if (filled < piece.length) continue;
    }
    if (filled > 0) yield { offset: at * clusterBytes - filled, bytes: piece.subarray(0, filled) };
    filled = 0;
    if (command === GAP) at = await gapEnd(stream, at, head);
    else if (command !== CLUSTER) throw damaged(stream.place(commandAt), `there is no command ${command}`);
  }
  if (filled > 0) yield { offset: at * clusterBytes - filled, bytes: piece.subarray(0, filled) };
  if (used !== head.usedClusters) {
    throw damaged(stream.place(), `${used} clusters came, and the head speaks of ${head.usedClusters}`);
  }
  yield* readTail(stream, head);
}

async function gapEnd(stream: ByteStream, at: number, { clusters }: NtfscloneHead): Promise<number> {
  const countAt = stream.position;
  const count = (await stream.read(8, 'the clusters')).readBigUInt64LE(0);
  if (count === 0n || count > BigInt(clusters - at)) {
    throw damaged(
      stream.place(countAt),
      `${count} clusters are left out, and only ${clusters - at} are left`,
    );
  }
  return at + Number(count);
}

/** What lies between the last whole cluster and the end of the partition, at most the size of a cluster. */
async function* readTail(stream: ByteStream, head: NtfscloneHead): AsyncGenerator<SourcePiece> {
  const offset = head.clusters * head.clusterBytes;
  const length = Math.min(head.clusterBytes, head.deviceBytes - offset);
  if (!head.hasTail || length === 0) return;
  const commandAt = stream.position;
  const command = (await stream.read(1, 'the end of the partition')).readUInt8(0);
  if (command !== CLUSTER) {
    throw damaged(stream.place(commandAt), `the end of the partition should follow, not command ${command}`);
  }
  yield { offset, bytes: await stream.read(length, 'the end of the partition') };
}
