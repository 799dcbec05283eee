import type { DiskLayout, ImageIndex } from '../../image/index.ts';
import type { DeployOrder } from '../../protocol/index.ts';

export interface PersonaliseDiskRequest {
  readonly disk: string;
  readonly index: ImageIndex;
  /** Where the partitions are on this disk. */
  readonly layout: DiskLayout;
  readonly order: NonNullable<DeployOrder['personalise']>;
  readonly log: (line: string) => void;
}

/** Makes the deployed disk this host's own; returns warnings. In the making. */
export async function personaliseDisk({ disk, log }: PersonaliseDiskRequest): Promise<string[]> {
  log(`personalising in the making: ${disk}`);
  return ['Personalising is in the making: the disk is as the image was.'];
}
