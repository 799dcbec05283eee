import type { VolumeReader } from '../volume-reader.ts';
import { parseXfsSuperblock, type XfsSuperblock } from './superblock.ts';

/** The largest sector that XFS can have. */
const LARGEST_SECTOR = 32_768;

/** @throws MimeoError `volume-damaged`, see {@link parseXfsSuperblock} */
export async function readXfsSuperblock(read: VolumeReader, lengthBytes: number): Promise<XfsSuperblock> {
  return parseXfsSuperblock(await read(0, Math.min(LARGEST_SECTOR, lengthBytes)), lengthBytes);
}
