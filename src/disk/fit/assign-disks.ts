import { MimeoError } from '../../errors.ts';
import type { DiskImage } from '../../image/index.ts';
import { chooseDisk, describeDisks, isInternal } from '../choose-disk.ts';
import type { DiskInfo, DiskRule } from '../disk-info.ts';
import { searchShrink } from './plan-shrink.ts';
import { gigabytes } from './plan-words.ts';
import { usableEnd } from './refuse-unfit.ts';

/**
 * Chooses a disk for each disk of an image: the rule says which one starts the machine, the others are found by
 * their sizes. Never by chance: where two disks would do for one, it is refused.
 *
 * @param images the boot disk first
 * @returns the disks in the order of `images`
 * @throws MimeoError `no-disk`, `which-disk`; both list what is there
 */
export function assignDisks(
  images: readonly DiskImage[],
  disks: readonly DiskInfo[],
  rule: DiskRule = {},
): DiskInfo[] {
  const [boot, ...others] = images;
  if (boot === undefined || others.length === 0) return [chooseDisk(disks, rule)];
  const internal = disks.filter(isInternal);
  if (Object.values(rule).every((field) => field === undefined)) {
    const bySize = pairBySize(images, internal);
    if (bySize !== null) return bySize;
  }
  const chosen = chooseDisk(disks, rule);
  const rest = internal.filter(({ device }) => device !== chosen.device);
  const paired = onlyWay(others, rest) ?? pairBySize(others, rest);
  if (paired !== null) return [chosen, ...paired];
  const wanted = others.map(({ layout }) => gigabytes(layout.diskBytes)).join(', ');
  const code = rest.length < others.length ? 'no-disk' : 'which-disk';
  throw new MimeoError(
    code,
    `The image holds ${images.length} disks; besides ${chosen.device} it needs ${others.length === 1 ? 'one' : others.length} for ${wanted}, ` +
      `and ${code === 'no-disk' ? 'this machine has too few' : 'more than one choice is possible'}. ${describeDisks(disks)}`,
    { next: 'Unplug or disable the disks that are not meant, or add the one that is missing.' },
  );
}

/**
 * As many disks as images, no two of a size on either side: the smaller goes to the smaller. Whether each fits is
 * for the plan to say.
 */
function pairBySize(images: readonly DiskImage[], disks: readonly DiskInfo[]): DiskInfo[] | null {
  const sizes = images.map(({ layout }) => layout.diskBytes);
  const distinct = (numbers: readonly number[]): boolean => new Set(numbers).size === numbers.length;
  if (images.length !== disks.length || !distinct(sizes) || !distinct(disks.map((disk) => disk.sizeBytes))) {
    return null;
  }
  const order = [...sizes].sort((a, b) => a - b);
  const sorted = [...disks].sort((a, b) => a.sizeBytes - b.sizeBytes);
  return sizes.map((size) => sorted[order.indexOf(size)]).filter((disk) => disk !== undefined);
}

/** Each image has exactly one disk on which it fits, and no two have the same. */
function onlyWay(images: readonly DiskImage[], disks: readonly DiskInfo[]): DiskInfo[] | null {
  const found: DiskInfo[] = [];
  for (const image of images) {
    const fitting = disks.filter((disk) => holds(disk, image));
    const same = fitting.filter(({ sizeBytes }) => sizeBytes === image.layout.diskBytes);
    const [only] = same.length === 1 ? same : fitting;
    if (only === undefined || (same.length !== 1 && fitting.length !== 1) || found.includes(only))
      return null;
    found.push(only);
  }
  return found;
}

function holds(disk: DiskInfo, image: DiskImage): boolean {
  if (disk.sectorBytes !== image.layout.sectorBytes) return false;
  if (usableEnd(image.layout, disk.sizeBytes) <= 0) return false;
  const { refusal, shrinks } = searchShrink(image, disk.sizeBytes);
  return refusal === null && shrinks.length === 0;
}
