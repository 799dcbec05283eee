import type { ByteRun } from '../../image/index.ts';
import { subtractRuns } from '../byte-runs.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { eachZeroRun } from '../zero-bits.ts';
import { type ExfatGeometry, readExfatGeometry } from './boot-sector.ts';
import { clusterChain, readClusters } from './cluster-chain.ts';
import { expectExfat } from './damaged.ts';

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
  let free: ByteRun[] = [{ start: heapAt, length: clusters * clusterBytes }];
  for (const { cluster, length } of await findBitmaps(read, geometry)) {
    signal?.throwIfAborted();
    expectExfat(length === Math.ceil(clusters / 8), 'its allocation bitmap has another length');
    const bits = await readClusters(
      read,
      geometry,
      await clusterChain(read, geometry, cluster, length),
      length,
    );
    const own: ByteRun[] = [];
    eachZeroRun(bits, clusters, (first, count) =>
      own.push({ start: heapAt + first * clusterBytes, length: count * clusterBytes }),
    );
    free = subtractRuns(free, subtractRuns(free, own));
  }
  return free;
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
      expectExfat(!found.has(which), 'it names an allocation bitmap twice');
      const length = Number(entries.readBigUInt64LE(at + 24));
      found.set(which, { cluster: entries.readUInt32LE(at + 20), length });
    }
  }
  expectExfat(
    found.size === geometry.bitmaps,
    `it has ${found.size} allocation bitmaps, not ${geometry.bitmaps}`,
  );
  return [...found.values()];
}
