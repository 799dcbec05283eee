import type { ByteRun } from '../../image/index.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { lvmChecksum } from './checksum.ts';
import { damaged } from './damaged.ts';

/** The header fills a sector; the rest of the area is a ring. */
const HEADER_BYTES = 512;
const MAGIC = ' LVM2 x[5A%r0N*>';
const LOCATIONS_AT = 40;
const LOCATION_BYTES = 24;
/** The administrator wants this copy not to be used. */
const IGNORED = 1;
/** Groups of thousands of volumes stay far below this. */
const MOST_TEXT_BYTES = 32 * 1_048_576;

/**
 * The text in a metadata area that describes the group.
 *
 * @returns null when it holds none: the volume belongs to no group yet, or the copy is not to be used
 * @throws MimeoError `volume-damaged`, also when a change of the group had begun and was not finished
 */
export async function readMetadataText(read: VolumeReader, area: ByteRun): Promise<string | null> {
  if (area.length < HEADER_BYTES * 2) throw damaged('a metadata area is too small');
  const header = await read(area.start, HEADER_BYTES);
  const sane =
    header.toString('latin1', 4, 20) === MAGIC &&
    header.readUInt32LE(20) === 1 &&
    header.readUInt32LE(0) === lvmChecksum(header.subarray(4)) &&
    header.readBigUInt64LE(24) === BigInt(area.start) &&
    header.readBigUInt64LE(32) === BigInt(area.length);
  if (!sane) throw damaged(`the metadata area at byte ${area.start} is damaged`);
  const [current, prepared] = [0, 1].map((i) => LOCATIONS_AT + i * LOCATION_BYTES);
  if (current === undefined || prepared === undefined) return null;
  if (header.readBigUInt64LE(prepared) !== 0n) throw damaged('a change of the group was never finished');
  const offset = Number(header.readBigUInt64LE(current));
  const length = Number(header.readBigUInt64LE(current + 8));
  if (offset === 0 || (header.readUInt32LE(current + 20) & IGNORED) !== 0) return null;
  if (
    offset < HEADER_BYTES ||
    offset >= area.length ||
    length > MOST_TEXT_BYTES ||
    length > area.length - HEADER_BYTES
  ) {
    throw damaged('its text lies outside its area');
  }
  const first = Math.min(length, area.length - offset);
  const text = Buffer.concat([
    await read(area.start + offset, first),
    await read(area.start + HEADER_BYTES, length - first),
  ]);
  if (lvmChecksum(text) !== header.readUInt32LE(current + 16))
    throw damaged('the checksum of its text is wrong');
  return text.toString('utf8').replace(/\0+$/, '');
}
