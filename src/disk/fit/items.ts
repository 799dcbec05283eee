import type { DiskImage, PartitionLayout } from '../../image/index.ts';
import { type Extent, endOf } from './fit-types.ts';
import { isExtended, mayMove } from './partition-role.ts';

/**
 * What has a place of its own on a disk: a partition, or an MBR container with all its logical partitions, which
 * goes as one.
 */
export interface Item extends Extent {
  readonly partition: PartitionLayout;
  /** In the order of the disk. */
  readonly logical: readonly PartitionLayout[];
  readonly movable: boolean;
}

/** The items of an image in the order of the disk; those left out do not go to the target. */
export function itemsOf(image: DiskImage, leftOut: ReadonlySet<number>): Item[] {
  const { layout } = image;
  const partitions = layout.partitions.filter(({ number }) => !leftOut.has(number)).sort(byPlace);
  const logical = layout.table === 'mbr' ? partitions.filter(({ number }) => number >= 5) : [];
  return partitions
    .filter((partition) => !logical.includes(partition))
    .map((partition) => {
      const inside = isExtended(layout, partition) ? logical : [];
      const movable = isExtended(layout, partition)
        ? inside.every((one) => mayMove(image, one))
        : mayMove(image, partition);
      return { partition, logical: inside, movable, ...extent(partition) };
    });
}

/** The same item elsewhere, its logical partitions with it. */
export function movedTo(item: Item, startByte: number): Item {
  const by = startByte - item.startByte;
  if (by === 0) return item;
  return {
    ...item,
    startByte,
    partition: shifted(item.partition, by),
    logical: item.logical.map((one) => shifted(one, by)),
  };
}

/** A container that ends where its last logical partition does; other items as they are. */
export function trimmed(item: Item): Item {
  const last = item.logical.at(-1);
  if (last === undefined || endOf(last) >= endOf(item)) return item;
  return withEnd(item, endOf(last));
}

/** The same item with another end; its last logical partition keeps its own. */
export function withEnd(item: Item, end: number): Item {
  const lengthBytes = end - item.startByte;
  return { ...item, lengthBytes, partition: { ...item.partition, lengthBytes } };
}

export function partitionsOf(items: readonly Item[]): PartitionLayout[] {
  return items.flatMap(({ partition, logical }) => [partition, ...logical]);
}

export function shifted(partition: PartitionLayout, by: number): PartitionLayout {
  return { ...partition, startByte: partition.startByte + by };
}

export function byPlace(a: Extent, b: Extent): number {
  return a.startByte - b.startByte;
}

function extent({ startByte, lengthBytes }: PartitionLayout): Extent {
  return { startByte, lengthBytes };
}
