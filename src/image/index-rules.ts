import { imageNameFault } from './name.ts';
import { chunkCount } from './region-masks.ts';
import {
  allDisks,
  type DiskImage,
  type DiskLayout,
  type Filesystem,
  type ImageIndex,
  type Region,
} from './types.ts';

/** Every filesystem an index may name. */
export const FILESYSTEMS: readonly Filesystem[] = [
  'ntfs',
  'fat',
  'exfat',
  'ext',
  'xfs',
  'btrfs',
  'f2fs',
  'swap',
  'lvm',
  'raw',
];

/** The most of everything; texts in UTF-8 bytes. 2^26 chunks are a partition of 64 TiB. */
export const LIMITS = {
  name: 64,
  time: 40,
  notes: 65_000,
  label: 512,
  id: 64,
  partitionName: 512,
  partitions: 1024,
  regions: 1025,
  disks: 16,
  chunks: 2 ** 26,
} as const;

/** Bytes of an MBR's boot code. */
export const BOOT_CODE_BYTES = 440;

/**
 * Whether an index keeps the rules of the format beyond its syntax.
 * @throws RangeError naming the rule
 */
export function checkIndex(index: ImageIndex): void {
  const fault = imageNameFault(index.name);
  rule(fault === null, `image name ${JSON.stringify(index.name)}: ${fault}`);
  rule(isCount(index.version, 0xffff_ffff), `version ${index.version}`);
  rule(!Number.isNaN(Date.parse(index.createdAt)), `time ${JSON.stringify(index.createdAt)}`);
  for (const [field, text] of [
    ['time', index.createdAt],
    ['notes', index.notes],
  ] as const) {
    rule(fits(text, LIMITS[field]), `${field} longer than ${LIMITS[field]} bytes`);
  }
  rule(index.otherDisks.length < LIMITS.disks, `${index.otherDisks.length + 1} disks`);
  for (const disk of allDisks(index)) checkDisk(disk);
}

function checkDisk({ layout, regions }: DiskImage): void {
  checkLayout(layout);
  rule(regions.length <= LIMITS.regions, `${regions.length} regions`);
  let end = 0;
  for (const region of [...regions].sort((a, b) => a.startByte - b.startByte)) {
    checkRegion(region, layout);
    rule(region.startByte >= end, `the region at byte ${region.startByte} overlaps another`);
    end = region.startByte + region.lengthBytes;
  }
}

function checkLayout(layout: DiskLayout): void {
  rule(isCount(layout.diskBytes), `a disk of ${layout.diskBytes} bytes`);
  rule(layout.sectorBytes === 512 || layout.sectorBytes === 4096, `sectors of ${layout.sectorBytes} bytes`);
  rule(fits(layout.diskId, LIMITS.id), 'disk id too long');
  rule(layout.bootCode.length === BOOT_CODE_BYTES, `boot code of ${layout.bootCode.length} bytes`);
  rule(layout.partitions.length <= LIMITS.partitions, `${layout.partitions.length} partitions`);
  const numbers = new Set<number>();
  for (const part of layout.partitions) {
    rule(part.number >= 1 && isCount(part.number, 0xffff), `partition number ${part.number}`);
    rule(!numbers.has(part.number), `two partitions with number ${part.number}`);
    numbers.add(part.number);
    checkExtent(part, layout.diskBytes, `partition ${part.number}`);
    rule((part.gpt !== null) === (layout.table === 'gpt'), `partition ${part.number} is of the other table`);
    rule(fits(part.type, LIMITS.id), `type of partition ${part.number} too long`);
    if (part.gpt === null) continue;
    rule(fits(part.gpt.id, LIMITS.id), `id of partition ${part.number} too long`);
    rule(fits(part.gpt.name, LIMITS.partitionName), `name of partition ${part.number} too long`);
    rule(fits(part.gpt.attributes, LIMITS.id), `attributes of partition ${part.number} too long`);
  }
}

function checkRegion(region: Region, layout: DiskLayout): void {
  const what = region.kind === 'gap' ? 'the gap' : `the region of partition ${region.partition}`;
  checkExtent(region, layout.diskBytes, what);
  rule(fits(region.label, LIMITS.label), `label of ${what} too long`);
  if (region.kind === 'gap') rule(region.partition === 0, `a gap with partition number ${region.partition}`);
  const partition = layout.partitions.find((one) => one.number === region.partition);
  if (region.kind === 'partition') {
    rule(partition !== undefined, `${what} has no partition`);
    rule(
      partition !== undefined &&
        region.startByte >= partition.startByte &&
        region.startByte + region.lengthBytes <= partition.startByte + partition.lengthBytes,
      `${what} is not within it`,
    );
  }
  const wanted = chunkCount(region.lengthBytes);
  rule(region.chunks.count === wanted, `${what} has ${region.chunks.count} chunks, not ${wanted}`);
}

function checkExtent(
  extent: { startByte: number; lengthBytes: number },
  diskBytes: number,
  what: string,
): void {
  rule(isCount(extent.startByte) && isCount(extent.lengthBytes), `${what} starts or ends nowhere`);
  rule(extent.startByte + extent.lengthBytes <= diskBytes, `${what} reaches past the disk's end`);
}

function isCount(value: number, most: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function fits(text: string, bytes: number): boolean {
  return Buffer.byteLength(text) <= bytes;
}

function rule(holds: boolean, broken: string): void {
  if (!holds) throw new RangeError(broken);
}
