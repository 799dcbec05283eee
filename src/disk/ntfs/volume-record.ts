import type { ByteRun } from '../../image/index.ts';
import { volumeLabel } from '../volume-label.ts';
import { parseNtfsBoot } from './boot-sector.ts';
import { ATTRIBUTE, attributesOf, withoutFixups } from './mft-record.ts';
import { RECORD } from './ntfs-volume.ts';

/**
 * Where an NTFS volume's label lies when the first records of its MFT are in one piece, as every program that
 * formats lays them: for who sees the volume only once, as a stream.
 * @param bootSector the volume's first sector
 * @returns null when it makes no sense
 */
export function volumeRecordPlace(bootSector: Buffer): ByteRun | null {
  try {
    const { mftAt, recordBytes } = parseNtfsBoot(bootSector);
    return { start: mftAt + RECORD.volume * recordBytes, length: recordBytes };
  } catch {
    return null;
  }
}

/** The label in that record, '' when it has none or is no such record. */
export function labelInRecord(record: Buffer): string {
  const fixed = withoutFixups(record, 'FILE');
  if (fixed === null) return '';
  try {
    const name = attributesOf(fixed).find(({ type }) => type === ATTRIBUTE.volumeName);
    return volumeLabel(name?.resident?.toString('utf16le') ?? '');
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}
