import type { DiskLayout } from '../../image/index.ts';
import { type Extent, endOf, MIB } from './fit-types.ts';
import { byPlace, type Item, movedTo, trimmed } from './items.ts';
import { usableEnd, usableStart } from './refuse-unfit.ts';

/** A free run of the target: `[startByte, endByte)`. */
export interface Room {
  readonly startByte: number;
  readonly endByte: number;
}

/** What is free on a disk of this size around the partitions that stay. */
export function roomsOf(layout: DiskLayout, diskBytes: number, kept: readonly Extent[]): Room[] {
  const end = usableEnd(layout, diskBytes);
  const rooms: Room[] = [];
  let at = usableStart(layout);
  for (const wall of [...kept].sort(byPlace)) {
    if (wall.startByte > at) rooms.push({ startByte: at, endByte: Math.min(wall.startByte, end) });
    at = Math.max(at, endOf(wall));
  }
  if (end > at) rooms.push({ startByte: at, endByte: end });
  return rooms;
}

/**
 * Finds places for all items, changing as little as will do: all where the image has them; else those that are in
 * the way further back; else everything as far to the front as it may; each of that with and without the empty end
 * of an extended partition. Moves are by whole MiB, so that each keeps its alignment.
 *
 * @returns null when they do not fit
 */
export function placeItems(items: readonly Item[], rooms: readonly Room[]): Item[] | null {
  for (const variant of [items, items.map(trimmed)]) {
    if (variant.every((item) => roomAt(item, item.startByte, rooms))) return [...variant];
    const placed = flow(variant, rooms, 'stay') ?? flow(variant, rooms, 'front');
    if (placed !== null) return placed;
  }
  return null;
}

/** Everything as far to the front as it may go, on a disk without an end. */
export function packItems(layout: DiskLayout, items: readonly Item[]): Item[] {
  const endless = [{ startByte: usableStart(layout), endByte: Number.MAX_SAFE_INTEGER }];
  return flow(items, endless, 'front') ?? [...items];
}

/** Places items in their order; each where it is if it may, or at the first place behind the one before. */
function flow(items: readonly Item[], rooms: readonly Room[], prefer: 'stay' | 'front'): Item[] | null {
  const placed: Item[] = [];
  const first = Math.min(MIB, items[0]?.startByte ?? MIB);
  let cursor = Math.max(first, rooms[0]?.startByte ?? 0);
  for (const item of items) {
    const stays = item.startByte >= cursor && roomAt(item, item.startByte, rooms);
    const own = stays && (prefer === 'stay' || !item.movable) ? item.startByte : null;
    const at = own ?? (item.movable ? firstPlace(item, cursor, rooms) : null);
    if (at === null) return null;
    placed.push(movedTo(item, at));
    cursor = at + item.lengthBytes;
  }
  return placed;
}

/** The first place from `cursor` on that is free and a whole number of MiB from where the item was. */
function firstPlace(item: Item, cursor: number, rooms: readonly Room[]): number | null {
  for (const room of rooms) {
    const from = Math.max(cursor, room.startByte);
    const at = item.startByte + Math.ceil((from - item.startByte) / MIB) * MIB;
    if (at + item.lengthBytes <= room.endByte) return at;
  }
  return null;
}

function roomAt(item: Item, at: number, rooms: readonly Room[]): boolean {
  return rooms.some((room) => at >= room.startByte && at + item.lengthBytes <= room.endByte);
}
