import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { joinRuns, subtractRuns } from '../byte-runs.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { eachZeroRun } from '../zero-bits.ts';
import { type ExfatGeometry, readExfatGeometry } from './boot-sector.ts';
import { clusterChain, readClusters } from './cluster-chain.ts';

const ENTRY_BYTES = 32;
const END_OF_DIRECTORY = 0x00;
const ALLOCATION_BITMAP = 0x81;
/** The specification's limit for a directory. */
const MOST_ROOT_BYTES = 268_435_456;

/**
 * The clusters that the allocation bitmap calls free; on a volume with two bitmaps (TexFAT) those that both
 * call free. Everything before the first cluster and behind the last one counts as used.
 *
 * @throws MimeoError `volume-damaged` when the boot region, the root directory or a chain makes no sense
 */
export async function freeRunsOfExfat(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const geometry = await readExfatGeometry(read, lengthBytes);
  const { heapAt, clusterBytes, clusters } = geometry;
  const heap = { start: heapAt, length: clusters * clusterBytes };
  const used: ByteRun[] = [];
  for (const { cluster, length } of await findBitmaps(read, geometry)) {
    signal?.throwIfAborted();
    if (length !== Math.ceil(clusters / 8)) throw damaged('its allocation bitmap has another length');
    const bits = await readClusters(
      read,
      geometry,
      await clusterChain(read, geometry, cluster, length),
      length,
    );
    const free: ByteRun[] = [];
    eachZeroRun(bits, clusters, (first, count) =>
      free.push({ start: heapAt + first * clusterBytes, length: count * clusterBytes }),
    );
    used.push(...subtractRuns([heap], free));
  }
  return subtractRuns([heap], joinRuns(used));
}

/** Where the root directory says that the bitmaps are. */
async function findBitmaps(
  read: VolumeReader,
  geometry: ExfatGeometry,
): Promise<{ readonly cluster: number; readonly length: number }[]> {
  const chain = await clusterChain(read, geometry, geometry.rootCluster, MOST_ROOT_BYTES);
  const found = new Map<number, { cluster: number; length: number }>();
  search: for (const cluster of chain) {
    const entries = await readClusters(read, geometry, [cluster], geometry.clusterBytes);
    for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
      const type = entries.readUInt8(at);
      if (type === END_OF_DIRECTORY) break search;
      if (type !== ALLOCATION_BITMAP) continue;
      const which = entries.readUInt8(at + 1) & 1;
      if (found.has(which)) throw damaged('it names an allocation bitmap twice');
      const length = Number(entries.readBigUInt64LE(at + 24));
      found.set(which, { cluster: entries.readUInt32LE(at + 20), length });
    }
  }
  if (found.size !== geometry.bitmaps)
    throw damaged(`it has ${found.size} allocation bitmaps, not ${geometry.bitmaps}`);
  return [...found.values()];
}

function damaged(words: string): MimeoError {
  return new MimeoError('volume-damaged', `The exFAT volume makes no sense: ${words}.`);
}
