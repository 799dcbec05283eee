import { MimeoError } from '../../errors.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { type FatGeometry, readFatGeometry } from './boot-sector.ts';

/** Where Linux keeps its note, in the boot sector. */
const STATE_AT = { 12: 37, 16: 37, 32: 65 } as const;
const LINUX_DIRTY = 0x01;

/**
 * Whether a FAT volume says of itself that it was not unmounted cleanly. Windows notes that in the second
 * entry of the FAT (FAT12 has no room for it), Linux in a byte of the boot sector.
 *
 * @returns false as well for a boot sector that makes no sense: who reads the free space says so
 */
export async function isDirtyFat(read: VolumeReader, lengthBytes: number): Promise<boolean> {
  let geometry: FatGeometry;
  try {
    geometry = await readFatGeometry(read, lengthBytes);
  } catch (error) {
    if (error instanceof MimeoError && error.code === 'volume-damaged') return false;
    throw error;
  }
  const { bits, fatsAt } = geometry;
  const [state] = await read(STATE_AT[bits], 1);
  if (state !== undefined && (state & LINUX_DIRTY) !== 0) return true;
  if (bits === 12) return false;
  const second = await read((fatsAt[0] ?? 0) + bits / 8, bits / 8);
  return bits === 16 ? (second.readUInt16LE(0) & 0x8000) === 0 : (second.readUInt32LE(0) & 0x0800_0000) === 0;
}
