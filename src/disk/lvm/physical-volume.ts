import type { ByteRun } from '../../image/index.ts';
import { joinRuns } from '../byte-runs.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { damaged } from './damaged.ts';
import { parsePvLabel } from './label.ts';
import { readMetadataText } from './metadata-area.ts';
import { parseVolumeGroup, type VolumeGroup } from './volume-group.ts';

const HEAD_BYTES = 2048;

/** What a physical volume says about itself and its group. */
export interface PhysicalVolume {
  readonly group: VolumeGroup;
  readonly metadataAreas: readonly ByteRun[];
}

/**
 * Reads label and metadata of a physical volume. Of two texts the newer one counts; one damaged copy is enough to
 * distrust both.
 *
 * @throws MimeoError `volume-damaged` when there is no text to go by, or it makes no sense
 */
export async function readPhysicalVolume(read: VolumeReader, lengthBytes: number): Promise<PhysicalVolume> {
  const { id, metadataAreas } = parsePvLabel(await read(0, Math.min(HEAD_BYTES, lengthBytes)), lengthBytes);
  let newest: VolumeGroup | null = null;
  for (const area of metadataAreas) {
    const text = await readMetadataText(read, area);
    const group = text === null ? null : parseVolumeGroup(text, id);
    if (group !== null && (newest === null || group.sequence > newest.sequence)) newest = group;
  }
  if (newest === null) throw damaged('it keeps no description of a group');
  checkExtents(newest, lengthBytes);
  return { group: newest, metadataAreas };
}

function checkExtents(
  { name, extentBytes, extentsAt, extents, volumes }: VolumeGroup,
  lengthBytes: number,
): void {
  const runs = volumes.flatMap((volume) => volume.extents);
  const sum = runs.reduce((count, run) => count + run.count, 0);
  const joined = joinRuns(runs.map(({ first, count }) => ({ start: first, length: count })));
  const sane =
    extentBytes >= 512 &&
    extentsAt + extents * extentBytes <= lengthBytes &&
    runs.every(({ first, count }) => first >= 0 && count > 0 && first + count <= extents) &&
    joined.reduce((count, { length }) => count + length, 0) === sum;
  if (!sane) throw damaged(`the extents of the group ${name} make no sense`);
}
