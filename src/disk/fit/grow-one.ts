import type { DiskImage } from '../../image/index.ts';
import { endOf, type Growth, MIB } from './fit-types.ts';
import { type Item, movedTo, shifted, withEnd } from './items.ts';
import { mayGrow, mayMove, regionOf } from './partition-role.ts';
import type { Room } from './place-items.ts';
import { usedBytesOf } from './used-bytes.ts';

export interface Grown {
  readonly items: readonly Item[];
  readonly growth: Growth;
}

/**
 * Gives the free space to one partition: of those that may grow, the one that holds the most; what lies behind it
 * moves to the end. Null when there is no MiB to give, or something that has to stay is in the way of each.
 */
export function growOne(image: DiskImage, items: readonly Item[], rooms: readonly Room[]): Grown | null {
  const candidates = image.layout.partitions
    .filter((partition) => mayGrow(image, partition))
    .map(({ number, startByte }) => ({ number, startByte, used: usedBytes(image, number) }))
    .sort((a, b) => b.used - a.used || b.startByte - a.startByte);
  for (const { number } of candidates) {
    const grown = grow(image, items, rooms, number);
    if (grown !== null) return grown;
  }
  return null;
}

function usedBytes(image: DiskImage, number: number): number {
  const region = regionOf(image, number);
  return region === null ? 0 : usedBytesOf(region);
}

function grow(
  image: DiskImage,
  items: readonly Item[],
  rooms: readonly Room[],
  number: number,
): Grown | null {
  const own = items.find(
    ({ partition, logical }) => partition.number === number || logical.some((one) => one.number === number),
  );
  const room = own && rooms.find((one) => own.startByte >= one.startByte && endOf(own) <= one.endByte);
  const region = regionOf(image, number);
  if (own === undefined || room === undefined || region === null) return null;
  const inner = own.logical.find((one) => one.number === number);
  const grows = inner ?? own.partition;
  const behind = items.filter((item) => item.startByte > own.startByte && item.startByte < room.endByte);
  const innerBehind = inner === undefined ? [] : own.logical.filter((one) => one.startByte > inner.startByte);
  if (behind.some(({ movable }) => !movable)) return null;
  if (innerBehind.some((one) => !mayMove(image, one))) return null;

  const last = Math.max(endOf(own), ...behind.map(endOf));
  // A partition that ends the disk ends on a whole MiB; what moves keeps its own alignment.
  const end = Math.floor(room.endByte / MIB) * MIB;
  const isLast = behind.length === 0 && innerBehind.length === 0;
  const by = isLast ? end - endOf(grows) : Math.floor((room.endByte - last) / MIB) * MIB;
  if (by < MIB) return null;
  const larger = { ...grows, lengthBytes: grows.lengthBytes + by };
  const moved = new Set(behind);
  const grownItems = items.map((item) => {
    if (moved.has(item)) return movedTo(item, item.startByte + by);
    if (item !== own) return item;
    if (inner === undefined) return withEnd(own, endOf(own) + by);
    const logical = own.logical.map((one) =>
      one === inner ? larger : innerBehind.includes(one) ? shifted(one, by) : one,
    );
    return { ...withEnd(own, isLast ? end : endOf(own) + by), logical };
  });
  const growth: Growth = { partition: larger, fromBytes: grows.lengthBytes, filesystem: region.filesystem };
  return { items: grownItems, growth };
}
