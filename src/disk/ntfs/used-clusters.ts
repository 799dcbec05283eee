import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { RunCollector } from '../run-collector.ts';
import { eachZeroRun } from '../zero-bits.ts';
import { ATTRIBUTE } from './mft-record.ts';
import { type NtfsVolume, RECORD } from './ntfs-volume.ts';

/** The bitmap is read in pieces of this size; one covers 32 GiB of clusters of 4 KiB. */
const PIECE_BYTES = 1_048_576;

/**
 * The bytes that the volume's own bitmap calls free, from the partition's start; sorted, joined. What lies
 * behind the last cluster (the copy of the boot sector) is never among them.
 *
 * @throws MimeoError `volume-damaged` when the bitmap is missing or too short, or the volume longer than `lengthBytes`
 */
export async function freeRunsOfNtfs(
  volume: NtfsVolume,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const { clusterBytes, totalSectors, sectorBytes } = volume.boot;
  if (totalSectors * sectorBytes > lengthBytes) {
    throw new MimeoError('volume-damaged', 'The NTFS volume is larger than its partition.');
  }
  const clusters = Math.floor((totalSectors * sectorBytes) / clusterBytes);
  const bitmap = await volume.value(RECORD.bitmap, ATTRIBUTE.data, '');
  if (bitmap === null || bitmap.size * 8 < clusters) {
    throw new MimeoError('volume-damaged', 'The NTFS volume is damaged: its cluster bitmap is too short.');
  }
  const free = new RunCollector();
  for (let at = 0; at * 8 < clusters; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const bits = await volume.readValue(bitmap, at, PIECE_BYTES);
    eachZeroRun(bits, Math.min(bits.length * 8, clusters - at * 8), (first, count) =>
      free.add((at * 8 + first) * clusterBytes, count * clusterBytes),
    );
  }
  return free.runs;
}
