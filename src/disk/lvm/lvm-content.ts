import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { subtractRuns } from '../byte-runs.ts';
import type { PartitionContent, Volume } from '../volume-content.ts';
import { volumeLabel } from '../volume-label.ts';
import { extentView } from './extent-view.ts';
import type { ExtentRun, LogicalVolume } from './logical-volume.ts';
import { type PhysicalVolume, readPhysicalVolume } from './physical-volume.ts';

/** Looks into a logical volume as into a partition. */
type LookInto = (volume: Volume) => Promise<PartitionContent>;

/**
 * What of a physical volume is in use: label and metadata, and of each plain logical volume what its own
 * filesystem uses. Extents of all other logical volumes count as used, extents of none are free. Where the
 * description of the group cannot be understood everything counts as used.
 *
 * @param lookInto called for each plain logical volume, with the bytes it is made of
 * @throws MimeoError `volume-dirty`, `volume-hibernated`, `volume-damaged` when a logical volume must not be captured
 */
export async function lvmContent(volume: Volume, lookInto: LookInto): Promise<PartitionContent> {
  const { read, lengthBytes, name } = volume;
  let physical: PhysicalVolume;
  try {
    physical = await readPhysicalVolume(read, lengthBytes);
  } catch (error) {
    if (!(error instanceof MimeoError) || error.code !== 'volume-damaged') throw error;
    const warnings = [`${error.message} So all of ${name} is stored, free space included.`];
    return { filesystem: 'lvm', label: '', used: [{ start: 0, length: lengthBytes }], warnings };
  }
  return groupContent(physical, volume, lookInto);
}

async function groupContent(
  { group, metadataAreas }: PhysicalVolume,
  { read, lengthBytes, name }: Volume,
  lookInto: LookInto,
): Promise<PartitionContent> {
  const bytesOf = ({ first, count }: ExtentRun): ByteRun => ({
    start: group.extentsAt + first * group.extentBytes,
    length: count * group.extentBytes,
  });
  const taken = group.volumes.flatMap(({ extents }) => extents.map(bytesOf));
  const free = subtractRuns([bytesOf({ first: 0, count: group.extents })], taken);
  const warnings: string[] = [];
  for (const volume of group.volumes.filter(({ plain }) => plain)) {
    const view = extentView(read, volume.extents.map(bytesOf));
    const content = await lookInto({
      read: view.read,
      lengthBytes: view.lengthBytes,
      name: `the logical volume ${volume.name} (${name})`,
    });
    const unused = subtractRuns([{ start: 0, length: view.lengthBytes }], content.used);
    for (const run of unused) free.push(...view.places(run));
    warnings.push(...content.warnings);
  }
  const opaque = group.volumes.filter(({ plain, extents }) => !plain && extents.length > 0);
  if (opaque.length > 0) warnings.push(opaqueWords(opaque, name));
  const used = subtractRuns([{ start: 0, length: lengthBytes }], subtractRuns(free, metadataAreas));
  return { filesystem: 'lvm', label: volumeLabel(group.name), used, warnings };
}

function opaqueWords(volumes: readonly LogicalVolume[], name: string): string {
  const names = volumes.map((volume) => volume.name).join(', ');
  return `What lies in ${names} cannot be told from ${name} alone (thin, cached, mirrored, a snapshot, or on several disks): it is stored whole.`;
}
