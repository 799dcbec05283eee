import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { extentOf, type FitStep } from './fit-types.ts';
import { byPlace } from './items.ts';
import type { Kept } from './kept.ts';
import { isExtended } from './partition-role.ts';

/** What happens to each partition between the image's layout and the target's, in the order of the target's disk. */
export function stepsOf(
  image: DiskImage,
  layout: DiskLayout,
  kept: Pick<Kept, 'partitions' | 'unwritten'>,
): FitStep[] {
  const keeps = new Set(kept.partitions.map(({ number }) => number));
  const steps: FitStep[] = [];
  for (const partition of [...layout.partitions].sort(byPlace)) {
    if (isExtended(layout, partition)) continue;
    const to = extentOf(partition);
    const number = partition.number;
    if (keeps.has(number)) {
      steps.push({ kind: 'keep', partition: number, from: null, to });
      continue;
    }
    const before = image.layout.partitions.find((one) => one.number === number);
    if (before === undefined) continue;
    const from = extentOf(before);
    const moved = from.startByte !== to.startByte;
    const kind = to.lengthBytes > from.lengthBytes ? 'grow' : 'shrink';
    if (moved) {
      steps.push({
        kind: 'move',
        partition: number,
        from,
        to: { ...to, lengthBytes: Math.min(from.lengthBytes, to.lengthBytes) },
      });
    }
    if (from.lengthBytes !== to.lengthBytes) steps.push({ kind, partition: number, from, to });
    else if (!moved) steps.push({ kind: 'stay', partition: number, from, to });
  }
  for (const number of kept.unwritten) {
    const own = image.layout.partitions.find((one) => one.number === number);
    steps.push({ kind: 'leave-out', partition: number, from: own ? extentOf(own) : null, to: null });
  }
  return steps;
}
