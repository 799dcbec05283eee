import { BinaryReader } from '../../binary.ts';
import type { ByteRun } from '../../image/index.ts';
import { lvmChecksum } from './checksum.ts';
import { damaged } from './damaged.ts';

const SECTOR = 512;
/** The label lies in one of the first sectors, mostly the second. */
const SCANNED_SECTORS = 4;
/** The label's checksum covers the rest of its sector from here. */
const CHECKED_FROM = 20;
/** The header is in the label's sector and has no room for more. */
const MOST_AREAS = 16;

/** What the label of a physical volume and the header behind it say; places in bytes. */
export interface PvLabel {
  /** 32 characters, without dashes. */
  readonly id: string;
  /** Where the text that describes the group is kept, once or twice. */
  readonly metadataAreas: readonly ByteRun[];
}

/** Which of the first sectors holds an LVM2 label; -1 when none does. */
export function lvmLabelSector(head: Buffer): number {
  for (let sector = 0; sector < SCANNED_SECTORS; sector++) {
    const label = head.toString('latin1', sector * SECTOR, sector * SECTOR + 32);
    if (label.startsWith('LABELONE') && label.endsWith('LVM2 001')) return sector;
  }
  return -1;
}

/**
 * Reads label and header of a physical volume (lvm2, `label_header` and `pv_header`).
 *
 * @param head the volume's first sectors
 * @throws MimeoError `volume-damaged`
 */
export function parsePvLabel(head: Buffer, lengthBytes: number): PvLabel {
  const sector = lvmLabelSector(head);
  if (sector < 0) throw damaged('it has no label');
  const bytes = head.subarray(sector * SECTOR, (sector + 1) * SECTOR);
  const sane =
    bytes.length === SECTOR &&
    bytes.readBigUInt64LE(8) === BigInt(sector) &&
    bytes.readUInt32LE(16) === lvmChecksum(bytes.subarray(CHECKED_FROM));
  if (!sane) throw damaged('the checksum of its label is wrong');
  const reader = new BinaryReader(bytes, bytes.readUInt32LE(20));
  try {
    const id = reader.bytes(32).toString('latin1');
    reader.u64le(); // The volume's size, which a partition may exceed.
    readAreas(reader); // Where data lies: the text says it in extents.
    const metadataAreas = readAreas(reader);
    if (metadataAreas.some(({ start, length }) => start + length > lengthBytes)) {
      throw damaged('its metadata lies outside of it');
    }
    return { id, metadataAreas };
  } catch (error) {
    if (error instanceof RangeError) throw damaged('its header makes no sense');
    throw error;
  }
}

/** A list of places that ends with an empty one. */
function readAreas(reader: BinaryReader): ByteRun[] {
  const areas: ByteRun[] = [];
  while (areas.length < MOST_AREAS) {
    const [start, length] = [reader.u64le(), reader.u64le()];
    if (start === 0) return areas;
    areas.push({ start, length });
  }
  throw damaged('its header makes no sense');
}
