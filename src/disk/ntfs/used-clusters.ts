import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { ATTRIBUTE } from './mft-record.ts';
import { type NtfsVolume, RECORD } from './ntfs-volume.ts';

/** The bitmap is read in pieces of this size; one covers 32 GiB of clusters of 4 KiB. */
const PIECE_BYTES = 1_048_576;

/**
 * The bytes that the volume's own bitmap calls free, from the partition's start; sorted, joined. What lies
 * behind the last cluster (the copy of the boot sector) is never among them.
 *
 * @throws MimeoError `volume-damaged` when the bitmap is missing or too short
 */
export async function freeRunsOfNtfs(volume: NtfsVolume): Promise<ByteRun[]> {
  const { clusterBytes, totalSectors, sectorBytes } = volume.boot;
  const clusters = Math.floor((totalSectors * sectorBytes) / clusterBytes);
  const bitmap = await volume.value(RECORD.bitmap, ATTRIBUTE.data, '');
  if (bitmap === null || bitmap.size * 8 < clusters) {
    throw new MimeoError('volume-damaged', 'The NTFS volume is damaged: its cluster bitmap is too short.');
  }
  const free: ByteRun[] = [];
  let start = -1;
  const turn = (cluster: number, isFree: boolean): void => {
    if (isFree && start < 0) start = cluster;
    if (isFree || start < 0) return;
    free.push({ start: start * clusterBytes, length: (cluster - start) * clusterBytes });
    start = -1;
  };
  for (let at = 0; at * 8 < clusters; at += PIECE_BYTES) {
    const bits = await volume.readValue(bitmap, at, PIECE_BYTES);
    for (const [i, byte] of bits.entries()) {
      const first = (at + i) * 8;
      if (first >= clusters) break;
      // Whole bytes of one kind are nearly all there are.
      if ((byte === 0xff && start < 0) || (byte === 0 && start >= 0 && first + 8 <= clusters)) continue;
      for (let bit = 0; bit < 8 && first + bit < clusters; bit++)
        turn(first + bit, ((byte >> bit) & 1) === 0);
    }
  }
  turn(clusters, false);
  return free;
}
