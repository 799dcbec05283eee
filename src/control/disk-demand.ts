import type { HostRow } from '../db/index.ts';
import {
  assignDisks,
  type DiskInfo,
  type DiskRule,
  type DiskTransport,
  gigabytes,
  planFit,
} from '../disk/index.ts';
import { allDisks, type ImageIndex } from '../image/index.ts';
import type { InventoryMessage } from '../protocol/index.ts';

const TRANSPORTS: ReadonlySet<string> = new Set<DiskTransport>([
  'sata',
  'nvme',
  'virtio',
  'scsi',
  'usb',
  'mmc',
]);

/** What an order says of the disk it goes to. */
export interface DiskWish {
  readonly rule?: DiskRule | null | undefined;
  /** Partitions of the host's disk that stay. */
  readonly keep?: readonly string[] | undefined;
  readonly grow?: 'auto' | 'none' | undefined;
}

/** What a host's agent said of the machine when it last ran; null when it never did. */
export function inventoryOf(host: HostRow): InventoryMessage | null {
  // Written by the directory after the schema check of the hello.
  return host.inventory === null ? null : (JSON.parse(host.inventory) as InventoryMessage);
}

/**
 * What would happen to this host's disk, in clauses for people: which disk, what grows, what moves. A host that was
 * never seen has none; its own agent looks before anything is written. Neither are partitions known that are to be
 * kept: whether they can be is said at the host.
 *
 * @throws MimeoError what the host itself would refuse: no disk, several, too small, other sectors
 */
export function planWords(host: HostRow, index: ImageIndex, wish: DiskWish = {}): string[] {
  const inventory = inventoryOf(host);
  if (inventory === null) return [];
  const images = allDisks(index);
  const targets = assignDisks(images, disksOf(inventory), wish.rule ?? {});
  const keep = wish.keep ?? [];
  return images.flatMap((image, i) => {
    const target = targets[i];
    if (target === undefined) return [];
    const { words, warnings } = planFit({ image, target, grow: wish.grow ?? 'auto', name: index.name });
    const kept =
      i > 0 || keep.length === 0
        ? []
        : [`${keep.join(', ')} is kept; the host refuses before it writes where that is impossible`];
    const clauses = [...(kept.length > 0 ? kept : words), ...warnings];
    return images.length === 1 ? clauses : [wordsOf(target), ...clauses];
  });
}

/** "/dev/sda Samsung SSD 870, 250.1 GB" for the preview; null when unknown. */
export function diskWords(host: HostRow, index: ImageIndex, wish: DiskWish = {}): string | null {
  const inventory = inventoryOf(host);
  if (inventory === null) return null;
  return assignDisks(allDisks(index), disksOf(inventory), wish.rule ?? {})
    .map(wordsOf)
    .join(' and ');
}

function wordsOf(disk: DiskInfo): string {
  return `${disk.device} ${disk.model || 'unnamed disk'}, ${gigabytes(disk.sizeBytes)}`;
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
