import { MimeoError } from '../../errors.ts';
import type { DiskImage, PartitionLayout } from '../../image/index.ts';
import { endOf, type FitRequest, MIB, type PresentTable } from './fit-types.ts';
import { isExtended, regionOf } from './partition-role.ts';
import { usableEnd } from './refuse-unfit.ts';

/** What of the target stays, and what of the image gives way to it. */
export interface Kept {
  /** With the container where logical partitions stay. */
  readonly partitions: readonly PartitionLayout[];
  /** Partitions of the image that one of the target's stands for. */
  readonly unwritten: ReadonlySet<number>;
  /** Those, and the image's container where the target's stands for it. */
  readonly leftOut: ReadonlySet<number>;
}

export const NOTHING_KEPT: Kept = { partitions: [], unwritten: new Set(), leftOut: new Set() };

/**
 * Finds the partitions that are to stay in the target's table, and those of the image that are the same: by the
 * GPT's id, by the label, or by number, type and place.
 *
 * @throws MimeoError `keep-missing` when there is no such partition or several, `keep-impossible` with the reason
 */
export function resolveKept({ image, target, present, keep = [] }: FitRequest): Kept {
  if (keep.length === 0) return NOTHING_KEPT;
  const wishes = keep.join(', ');
  if (present === undefined || present === null) {
    throw new MimeoError(
      'keep-missing',
      `${wishes} is to be kept, but ${target.device} has no partition table that could be read.`,
    );
  }
  if (present.layout.table !== image.layout.table) {
    const [ours, theirs] = [image.layout.table, present.layout.table].map((table) => table.toUpperCase());
    throw impossible(`${wishes} of ${target.device}`, `its table is ${theirs}, the image's is ${ours}`);
  }
  const wished = [...new Set(keep.map((wish) => partitionMeant(wish, present, target.device)))];
  const unwritten = new Set(wished.flatMap((one) => counterparts(image, one, present)));
  const container = containerOf(wished, present, target.device);
  const leftOut = new Set(unwritten);
  if (container !== null) leaveOutContainer(image, leftOut, target.device);
  const partitions = container === null ? wished : [container, ...wished];
  for (const one of wished) refusePlace(one, present, target.device);
  refuseClash(image, partitions, leftOut, target.device);
  const active = image.layout.partitions.some((one) => one.active && !leftOut.has(one.number));
  // Two active partitions start nothing; the flag is no content.
  return {
    partitions: partitions.map((one) => ({ ...one, active: one.active && !active })),
    unwritten,
    leftOut,
  };
}

function partitionMeant(wish: string, present: PresentTable, device: string): PartitionLayout {
  const { layout, labels } = present;
  const named = (text: string | undefined): boolean =>
    text !== undefined && text !== '' && text.toLowerCase() === wish.trim().toLowerCase();
  const all = layout.partitions.filter((one) => !isExtended(layout, one));
  const byNumber = all.filter(({ number }) => String(number) === wish.trim());
  const matching =
    byNumber.length > 0
      ? byNumber
      : all.filter(({ number, gpt }) => named(gpt?.name) || named(labels.get(number)));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const there = all
    .map(({ number, gpt }) => [number, labels.get(number) ?? '', gpt?.name ?? ''].filter(Boolean).join(' '))
    .join('; ');
  const words =
    only === undefined
      ? `${device} has no partition ${wish} that could be kept; it has: ${there || 'none'}.`
      : `${matching.length} partitions of ${device} are called ${wish}: ${there}.`;
  throw new MimeoError('keep-missing', words);
}

/** Numbers of the image's partitions that this one stands for. */
function counterparts(image: DiskImage, kept: PartitionLayout, present: PresentTable): number[] {
  const label = present.labels.get(kept.number) ?? '';
  return image.layout.partitions
    .filter((one) => {
      if (isExtended(image.layout, one)) return false;
      if (one.gpt !== null && one.gpt.id.toUpperCase() === kept.gpt?.id.toUpperCase()) return true;
      if (label !== '' && regionOf(image, one.number)?.label.toLowerCase() === label.toLowerCase())
        return true;
      return (
        one.number === kept.number &&
        one.type.toUpperCase() === kept.type.toUpperCase() &&
        one.startByte === kept.startByte &&
        one.lengthBytes === kept.lengthBytes
      );
    })
    .map(({ number }) => number);
}

/** The target's container when logical partitions stay; they must be its first ones, or their numbers would change. */
function containerOf(
  wished: readonly PartitionLayout[],
  { layout }: PresentTable,
  device: string,
): PartitionLayout | null {
  if (layout.table !== 'mbr') return null;
  const logical = wished.map(({ number }) => number).filter((number) => number >= 5);
  if (logical.length === 0) return null;
  const before = Array.from({ length: Math.max(...logical) - 4 }, (_, i) => i + 5);
  const lost = before.find((number) => !logical.includes(number));
  if (lost !== undefined) {
    throw impossible(
      `Partition ${Math.max(...logical)} of ${device}`,
      `its number would change, since logical partition ${lost} before it is not kept`,
    );
  }
  return layout.partitions.find((one) => isExtended(layout, one)) ?? null;
}

function leaveOutContainer(image: DiskImage, leftOut: Set<number>, device: string): void {
  for (const one of image.layout.partitions) {
    if (isExtended(image.layout, one)) leftOut.add(one.number);
    else if (one.number >= 5 && !leftOut.has(one.number)) {
      throw impossible(
        `The logical partitions of ${device}`,
        `the image brings a logical partition ${one.number} of its own, and a disk has one extended partition`,
      );
    }
  }
}

/** Loaders and tables are written at both ends of the disk, and a stale GPT is wiped there from an MBR disk too. */
function refusePlace(one: PartitionLayout, { layout }: PresentTable, device: string): void {
  const end = usableEnd({ ...layout, table: 'gpt' }, layout.diskBytes);
  if (one.startByte >= MIB && endOf(one) <= end) return;
  throw impossible(
    `Partition ${one.number} of ${device}`,
    'it reaches into the first MiB or the last sectors of the disk, where boot loaders and tables are written',
  );
}

function refuseClash(
  image: DiskImage,
  kept: readonly PartitionLayout[],
  leftOut: ReadonlySet<number>,
  device: string,
): void {
  for (const other of image.layout.partitions) {
    if (leftOut.has(other.number)) continue;
    const same = kept.find(({ number }) => number === other.number);
    if (same === undefined) continue;
    throw impossible(
      `Partition ${same.number} of ${device}`,
      `the image has another partition ${other.number}, and both cannot have that number`,
    );
  }
}

export function impossible(what: string, why: string): MimeoError {
  return new MimeoError('keep-impossible', `${what} cannot be kept: ${why}.`);
}
