import { MimeoError } from '../../errors.ts';
import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { endOf, type FitStep, MIB } from './fit-types.ts';
import { type Item, itemsOf, partitionsOf, shifted, trimmed, withEnd } from './items.ts';
import { mayMove } from './partition-role.ts';
import { packItems, placeItems, roomsOf } from './place-items.ts';
import { stepWords } from './plan-words.ts';
import { usableEnd } from './refuse-unfit.ts';
import { type Candidate, candidatesOf, type PartitionShrink, refusalWords } from './shrink-candidates.ts';
import { stepsOf } from './steps.ts';

export interface ShrinkPlan {
  /** The table of the smaller image. */
  readonly layout: DiskLayout;
  /** Empty when the partitions fit as they are. */
  readonly shrinks: readonly PartitionShrink[];
  readonly steps: readonly FitStep[];
  readonly words: readonly string[];
}

/**
 * How an image is made to fit a smaller disk: which partition becomes how small, and where the others move. One
 * partition is made smaller if that will do, the one with the most free space; else several.
 *
 * The least that a filesystem can have is estimated from what it uses; `shrinkPartitionFile` finds out.
 *
 * @param diskBytes the size of the disk, sectors as in the image
 * @throws MimeoError `disk-too-small` with numbers when the data cannot fit
 */
export function planShrink(image: DiskImage, diskBytes: number): ShrinkPlan {
  const { items, shrinks, refusal } = searchShrink(image, diskBytes);
  if (refusal !== null) {
    throw new MimeoError('disk-too-small', refusal, {
      next: 'Choose a larger disk, or remove files from the master and capture it again.',
    });
  }
  const partitions = partitionsOf(items).sort((a, b) => a.number - b.number);
  const layout = { ...image.layout, diskBytes, partitions };
  const steps = stepsOf(image, layout, { partitions: [], unwritten: new Set() });
  return { layout, shrinks, steps, words: steps.flatMap((step) => stepWords(step, image, layout)) };
}

export interface ShrinkSearch {
  readonly items: readonly Item[];
  readonly shrinks: readonly PartitionShrink[];
  /** Why the disk is too small whatever is done; null when it is not. */
  readonly refusal: string | null;
}

/** The search behind {@link planShrink}, which does not throw. */
export function searchShrink(image: DiskImage, diskBytes: number): ShrinkSearch {
  const items = itemsOf(image, new Set());
  const asIs = placeItems(items, roomsOf(image.layout, diskBytes, []));
  if (asIs !== null) return { items: asIs, shrinks: [], refusal: null };
  const candidates = candidatesOf(image);
  for (const set of [...candidates.map((one) => [one]), candidates]) {
    const found = shrinkSet(image, items, diskBytes, set);
    if (found !== null) return { ...found, refusal: null };
  }
  return { items, shrinks: [], refusal: refusalWords(image, diskBytes, candidates) };
}

/** Takes what is missing from the candidates of a set, one after the other; null when it is not enough. */
function shrinkSet(
  image: DiskImage,
  items: readonly Item[],
  diskBytes: number,
  set: readonly Candidate[],
): Pick<ShrinkSearch, 'items' | 'shrinks'> | null {
  const end = usableEnd(image.layout, diskBytes);
  const rooms = roomsOf(image.layout, diskBytes, []);
  let current = items.map(trimmed);
  const shrinks: PartitionShrink[] = [];
  for (const { partition, filesystem, fromBytes, leastBytes } of set) {
    if (placeItems(current, rooms) !== null) break;
    const missing = Math.max(...packItems(image.layout, current).map(endOf)) - end;
    const by = Math.min(Math.ceil(missing / MIB) * MIB, Math.floor((fromBytes - leastBytes) / MIB) * MIB);
    if (by <= 0) continue;
    current = current.map((item) => shortened(image, item, partition.number, by));
    shrinks.push({ partition, filesystem, fromBytes, toBytes: fromBytes - by });
  }
  const placed = placeItems(current, rooms);
  return placed === null ? null : { items: placed, shrinks };
}

/** The item with one of its partitions shorter, and its container with it; unchanged where that would need a move. */
function shortened(image: DiskImage, item: Item, number: number, by: number): Item {
  if (item.partition.number === number) return withEnd(item, endOf(item) - by);
  const inner = item.logical.find((one) => one.number === number);
  if (inner === undefined) return item;
  const behind = item.logical.filter((one) => one.startByte > inner.startByte);
  if (behind.some((one) => !mayMove(image, one))) return item;
  const logical = item.logical.map((one) => {
    if (one === inner) return { ...one, lengthBytes: one.lengthBytes - by };
    return behind.includes(one) ? shifted(one, -by) : one;
  });
  return { ...withEnd(item, endOf(item) - by), logical };
}
