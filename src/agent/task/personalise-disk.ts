import { linuxMounts, type PartitionView, withLinux, withNtfs } from '../../disk/index.ts';
import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { type Bring, inspectVolume, personalise, verify, verifyDelivery } from '../../personalise/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';

export interface PersonaliseDiskRequest {
  readonly disk: string;
  /** What was written of the image. */
  readonly regions: DiskImage['regions'];
  /** Where the partitions are on this disk. */
  readonly layout: DiskLayout;
  readonly order: NonNullable<DeployOrder['personalise']>;
  /** Gets the files of the share that the order names. */
  readonly bring: Bring;
  readonly log: (line: string) => void;
}

type Access = { readonly readOnly: boolean };

/** A volume of the disk, and how it is mounted. */
interface Volume {
  readonly number: number;
  /** Null when there is no such tree in it. */
  readonly mounted: <T>(access: Access, use: (root: string) => Promise<T>) => Promise<T | null>;
}

interface SystemVolume extends Volume {
  /** `Windows` or `Linux`. */
  readonly system: string;
}

const READ: Access = { readOnly: true };
const WRITE: Access = { readOnly: false };

/**
 * Makes the deployed disk this host's own, and reads back from a fresh read-only mount what was written.
 *
 * @returns warnings; also when no volume with a system is there, which is no failure: an image may hold anything
 */
export async function personaliseDisk(request: PersonaliseDiskRequest): Promise<string[]> {
  const { order, bring, log } = request;
  const [volume, ...others] = await systemVolumes(request);
  if (volume === undefined) {
    return [
      `No volume of the image holds Windows or Linux: the disk was not made ${order.computerName}'s own.`,
    ];
  }
  const warnings = others.map(
    ({ number, system }) =>
      `Partition ${number} holds ${system} too; only ${volume.system} in partition ${volume.number} was personalised.`,
  );
  const report = await volume.mounted(WRITE, (root) => personalise(root, order, bring));
  if (report === null) return warnings;
  for (const change of report.changes) log(change);
  const { edits, deliveries, mindCase } = report;
  await volume.mounted(READ, async (root) => {
    await verify(root, edits, { mindCase });
    for (const delivery of deliveries) await verifyDelivery(root, delivery, mindCase);
  });
  return [...warnings, ...report.warnings];
}

/** The volumes with a system, Windows first: where both are, the boot menu of the image starts either. */
async function systemVolumes(request: PersonaliseDiskRequest): Promise<SystemVolume[]> {
  const found: SystemVolume[] = [];
  const seen = new Set<number>();
  for (const volume of candidates(request)) {
    if (seen.has(volume.number)) continue;
    const kind = await volume.mounted(READ, inspectVolume);
    if (kind === null || !kind.isSystem) continue;
    seen.add(volume.number);
    found.push({ ...volume, system: kind.found.system === 'linux' ? 'Linux' : 'Windows' });
  }
  return found.sort((a, b) => Number(a.system === 'Linux') - Number(b.system === 'Linux'));
}

function candidates({ disk, regions, layout }: PersonaliseDiskRequest): Volume[] {
  return regions.flatMap(({ filesystem, partition: number }): Volume[] => {
    const partition = layout.partitions.find((one) => one.number === number);
    if (partition === undefined) return [];
    const view: PartitionView = { disk, sectorBytes: layout.sectorBytes, partition };
    if (filesystem === 'ntfs')
      return [{ number: partition.number, mounted: (access, use) => withNtfs(view, access, use) }];
    if (filesystem !== 'ext' && filesystem !== 'xfs' && filesystem !== 'btrfs') return [];
    return linuxMounts(filesystem).map((mount) => ({
      number: partition.number,
      mounted: (access, use) => withLinux(view, mount, access, use),
    }));
  });
}
