import { type PartitionView, withNtfs } from '../../disk/index.ts';
import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { inspectVolume, personalise, verify } from '../../personalise/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';

export interface PersonaliseDiskRequest {
  readonly disk: string;
  /** What was written of the image. */
  readonly regions: DiskImage['regions'];
  /** Where the partitions are on this disk. */
  readonly layout: DiskLayout;
  readonly order: NonNullable<DeployOrder['personalise']>;
  readonly log: (line: string) => void;
}

/**
 * Makes the deployed disk this host's own, and reads back from a fresh read-only mount what was written.
 *
 * @returns warnings; also when no volume with Windows is there, which is no failure: an image may hold anything
 */
export async function personaliseDisk(request: PersonaliseDiskRequest): Promise<string[]> {
  const { order, log } = request;
  const volumes = await windowsVolumes(request);
  const [volume, ...others] = volumes;
  if (volume === undefined) {
    return [`No volume of the image holds Windows: the disk was not made ${order.computerName}'s own.`];
  }
  const warnings = others.map(
    (other) =>
      `Partition ${other.partition.number} holds Windows too; only ${volume.partition.number} was personalised.`,
  );
  const report = await withNtfs(volume, { readOnly: false }, (root) => personalise(root, order));
  for (const change of report.changes) log(change);
  await withNtfs(volume, { readOnly: true }, (root) => verify(root, report.edits));
  return [...warnings, ...report.warnings];
}

/** The NTFS volumes with a Windows or a Sysprep folder; what only one look is needed for is mounted read-only. */
async function windowsVolumes({ disk, regions, layout }: PersonaliseDiskRequest): Promise<PartitionView[]> {
  const found: PartitionView[] = [];
  for (const { filesystem, partition: number } of regions) {
    const partition = layout.partitions.find((one) => one.number === number);
    if (filesystem !== 'ntfs' || partition === undefined) continue;
    const view: PartitionView = { disk, sectorBytes: layout.sectorBytes, partition };
    const kind = await withNtfs(view, { readOnly: true }, inspectVolume);
    if (kind.windows !== null || kind.sysprepFolder) found.push(view);
  }
  return found;
}
