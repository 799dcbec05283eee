import { access } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { HelloRequest } from '../../protocol/index.ts';
import { readDmi } from './dmi.ts';
import { readDriverless } from './driverless.ts';
import { readNics } from './nics.ts';

export type Inventory = HelloRequest['inventory'];

/** What the inventory is made of besides /sys: who booted us, and the disks as the disk room sees them. */
export interface InventorySources {
  /** Name of the interface that the machine booted over. */
  readonly bootedNic: string | null;
  readonly listDisks: () => Promise<Inventory['disks']>;
  /** Where sysfs is mounted. */
  readonly sysRoot?: string;
}

/** Everything a host tells of itself in its hello. Facts that cannot be read are null, never a failure. */
export async function readInventory(sources: InventorySources): Promise<Inventory> {
  const sysRoot = sources.sysRoot ?? '/sys';
  const uefi = await access(join(sysRoot, 'firmware/efi')).then(
    () => true,
    () => false,
  );
  return {
    ...(await readDmi(sysRoot)),
    macs: await readNics(sources.bootedNic, sysRoot),
    disks: (await sources.listDisks()).slice(0, 64),
    memoryBytes: totalmem(),
    cpus: Math.max(1, availableParallelism()),
    firmware: uefi ? 'uefi' : 'bios',
    driverless: await readDriverless(sysRoot),
  };
}
