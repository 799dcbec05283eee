import { MimeoError } from '../errors.ts';

/**
 * Reads exactly `length` bytes at `offset` from the start of a volume: a partition, a logical volume, a
 * file. Everything that looks into a filesystem goes through one of these and never sees what is behind it.
 *
 * @throws MimeoError `volume-damaged` when that reaches outside the volume, `disk-failed` on a read error
 */
export type VolumeReader = (offset: number, length: number) => Promise<Buffer>;

/**
 * A reader that refuses what lies outside its volume, so that no wrong pointer can lead into a neighbour.
 *
 * @param name how the volume is called in messages
 */
export function boundedReader(read: VolumeReader, lengthBytes: number, name: string): VolumeReader {
  return async (offset, length) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= lengthBytes)) {
      throw new MimeoError(
        'volume-damaged',
        `The filesystem in ${name} reaches past its end (${length} bytes at byte ${offset} of ${lengthBytes}).`,
      );
    }
    return length === 0 ? Buffer.alloc(0) : read(offset, length);
  };
}
