import type { HostRow } from '../db/index.ts';
import {
  assignDisks,
  type DiskInfo,
  type DiskRule,
  type DiskTransport,
  gigabytes,
  type PresentTable,
  planFit,
} from '../disk/index.ts';
import { allDisks, type DiskLayout, type ImageIndex } from '../image/index.ts';
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
 * never seen has none; its own agent looks before anything is written.
 *
 * @throws MimeoError what the host itself would refuse: no disk, several, too small, other sectors, nothing to keep
 */
export function planWords(host: HostRow, index: ImageIndex, wish: DiskWish = {}): string[] {
  const inventory = inventoryOf(host);
  if (inventory === null) return [];
  const images = allDisks(index);
  const targets = assignDisks(images, disksOf(inventory), wish.rule ?? {});
  return images.flatMap((image, i) => {
    const target = targets[i];
    if (target === undefined) return [];
    // Names of what is to be kept mean the disk that starts the machine.
    const keep = i === 0 ? (wish.keep ?? []) : [];
    const common = { image, target, grow: wish.grow ?? 'auto', name: index.name };
    const present = presentTable(inventory, target);
    // A disk whose deploy was cut short shows no table; the host finds the saved one.
    const known = keep.length === 0 || present !== null;
    const { words, warnings } = planFit(known ? { ...common, keep, present } : common);
    const later = `whether ${keep.join(', ')} can be kept is seen at the host, before it writes`;
    const clauses = [...(known ? words : [later]), ...warnings];
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

/** The partition table of a disk as its host last told it. */
function presentTable(
  inventory: InventoryMessage,
  { device, sizeBytes, sectorBytes }: DiskInfo,
): PresentTable | null {
  const table = inventory.disks.find((disk) => disk.device === device)?.table;
  if (table === undefined) return null;
  const partitions = table.partitions.map(({ number, startByte, lengthBytes, type, active, gpt }) => ({
    number,
    startByte,
    lengthBytes,
    type,
    active,
    gpt: gpt === null ? null : { ...gpt, attributes: '0000000000000000' },
  }));
  const layout: DiskLayout = {
    table: table.kind,
    diskBytes: sizeBytes,
    sectorBytes,
    diskId: '',
    bootCode: new Uint8Array(440),
    partitions,
  };
  const labels = new Map(table.partitions.map(({ number, label }): [number, string] => [number, label]));
  return { layout, labels };
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
