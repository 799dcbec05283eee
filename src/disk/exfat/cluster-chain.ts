import type { VolumeReader } from '../volume-reader.ts';
import type { ExfatGeometry } from './boot-sector.ts';
import { expectExfat } from './damaged.ts';

const END_OF_CHAIN = 0xffff_ffff;
/** The FAT is read in windows: entries of a chain lie mostly side by side. */
const WINDOW_ENTRIES = 16_384;

/**
 * The clusters of a chain in the FAT. The allocation bitmap and the root directory have no other description:
 * neither has a flag that would spare them the FAT.
 *
 * @param mostBytes a chain that holds more is refused; so is one that turns in a circle
 * @throws MimeoError `volume-damaged`
 */
export async function clusterChain(
  read: VolumeReader,
  { fatAt, clusters, clusterBytes }: ExfatGeometry,
  first: number,
  mostBytes: number,
): Promise<number[]> {
  const most = Math.min(clusters, Math.ceil(mostBytes / clusterBytes));
  const chain: number[] = [];
  let window: Buffer = Buffer.alloc(0);
  let windowStart = -1;
  for (let cluster = first; cluster !== END_OF_CHAIN; ) {
    expectExfat(cluster >= 2 && cluster < clusters + 2, `a chain leads to cluster ${cluster}`);
    expectExfat(chain.length < most, 'a chain of clusters is too long');
    chain.push(cluster);
    const start = cluster - (cluster % WINDOW_ENTRIES);
    if (start !== windowStart) {
      window = await read(fatAt + start * 4, Math.min(WINDOW_ENTRIES, clusters + 2 - start) * 4);
      windowStart = start;
    }
    cluster = window.readUInt32LE((cluster - start) * 4);
  }
  return chain;
}

/** The first `length` bytes that lie in these clusters. */
export async function readClusters(
  read: VolumeReader,
  { heapAt, clusterBytes }: ExfatGeometry,
  chain: readonly number[],
  length: number,
): Promise<Buffer> {
  expectExfat(chain.length * clusterBytes >= length, 'a chain of clusters is too short');
  const parts: Buffer[] = [];
  for (const cluster of chain) parts.push(await read(heapAt + (cluster - 2) * clusterBytes, clusterBytes));
  return Buffer.concat(parts).subarray(0, length);
}
