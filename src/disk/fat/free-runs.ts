import type { ByteRun } from '../../image/index.ts';
import { RunCollector } from '../run-collector.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { readFatGeometry } from './boot-sector.ts';

/** The FAT is read in pieces; a multiple of 3 keeps the pairs of FAT12 whole. */
const PIECE_BYTES = 3 * 262_144;
/** The upper four bits of a FAT32 entry are not part of it. */
const FAT32_MASK = 0x0fff_ffff;

/**
 * The clusters whose entry is 0 in every copy of the FAT: drivers differ in which copy they read when they
 * are not the same. Bad clusters, everything before the first cluster (boot sectors, FATs, the root
 * directory of FAT12 and 16) and behind the last one count as used.
 *
 * @throws MimeoError `volume-damaged` when the boot sector makes no sense
 */
export async function freeRunsOfFat(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const { bits, fatsAt, fatBytes, dataAt, clusterBytes, clusters } = await readFatGeometry(read, lengthBytes);
  const free = new RunCollector();
  for (let at = 0; at < fatBytes; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const pieces: Buffer[] = [];
    for (const fatAt of fatsAt) pieces.push(await read(fatAt + at, Math.min(PIECE_BYTES, fatBytes - at)));
    const first = (at * 8) / bits;
    const end = Math.min(clusters + 2, first + Math.floor((Math.min(PIECE_BYTES, fatBytes - at) * 8) / bits));
    for (let cluster = Math.max(2, first); cluster < end; cluster++) {
      if (pieces.every((piece) => entry(piece, cluster - first, bits) === 0))
        free.add(dataAt + (cluster - 2) * clusterBytes, clusterBytes);
    }
  }
  return free.runs;
}

function entry(piece: Buffer, i: number, bits: 12 | 16 | 32): number {
  if (bits === 32) return piece.readUInt32LE(i * 4) & FAT32_MASK;
  if (bits === 16) return piece.readUInt16LE(i * 2);
  const pair = piece.readUInt16LE(Math.floor((i * 3) / 2));
  return i % 2 === 0 ? pair & 0x0fff : pair >> 4;
}
