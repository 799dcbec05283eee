import type { HostRow } from '../db/index.ts';
import { chooseDisk, type DiskInfo, type DiskTransport, fitLayout } from '../disk/index.ts';
import type { DiskLayout } from '../image/index.ts';
import type { InventoryMessage } from '../protocol/index.ts';

const TRANSPORTS: ReadonlySet<string> = new Set<DiskTransport>([
  'sata',
  'nvme',
  'virtio',
  'scsi',
  'usb',
  'mmc',
]);

/** What a host's agent said of the machine when it last ran; null when it never did. */
export function inventoryOf(host: HostRow): InventoryMessage | null {
  // Written by the directory after the schema check of the hello.
  return host.inventory === null ? null : (JSON.parse(host.inventory) as InventoryMessage);
}

/**
 * Refuses early what the host itself would refuse later: no disk, several, too small. A host that was never
 * seen passes; its own agent looks before anything is written.
 */
export function demandDisk(host: HostRow, layout: DiskLayout): void {
  const inventory = inventoryOf(host);
  if (inventory === null) return;
  const target = chooseDisk(disksOf(inventory));
  fitLayout({ layout, regions: [], target });
}

/** "Samsung SSD 870, 250.1 GB" for the preview; null when unknown. */
export function diskWords(host: HostRow): string | null {
  const inventory = inventoryOf(host);
  if (inventory === null) return null;
  const disk = chooseDisk(disksOf(inventory));
  return `${disk.device} ${disk.model || 'unnamed disk'}, ${(disk.sizeBytes / 1e9).toFixed(1)} GB`;
}

function disksOf(inventory: InventoryMessage): DiskInfo[] {
  return inventory.disks.map((disk) => ({
    device: disk.device,
    sizeBytes: disk.sizeBytes,
    sectorBytes: disk.sectorBytes,
    model: disk.model ?? '',
    serial: disk.serial ?? '',
    transport: TRANSPORTS.has(disk.transport ?? '') ? (disk.transport as DiskTransport) : 'other',
    removable: disk.removable,
    readOnly: false,
  }));
}
