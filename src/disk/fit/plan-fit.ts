import { MimeoError } from '../../errors.ts';
import type { DiskLayout } from '../../image/index.ts';
import { inWords } from '../size-words.ts';
import { type FitPlan, type FitRequest, MIB } from './fit-types.ts';
import { growOne } from './grow-one.ts';
import { type Item, itemsOf, partitionsOf, trimmed } from './items.ts';
import { impossible, type Kept, resolveKept } from './kept.ts';
import { placeItems, type Room, roomsOf } from './place-items.ts';
import { searchShrink } from './plan-shrink.ts';
import { gigabytes, partitionWords, planWarnings, stepWords } from './plan-words.ts';
import { neededBytes, refuseOtherSectors } from './refuse-unfit.ts';
import { stepsOf } from './steps.ts';

/**
 * On a disk of the master's own size its layout stays as it is, also what it leaves free; makers' disks of one size
 * differ by less than this.
 */
const WORTH_GROWING = 8 * MIB;

/**
 * Where an image's partitions go on the target disk, as data: what stays, moves, grows and is kept. Pure; the same
 * request has the same plan, and a layout that was planned is planned unchanged.
 *
 * @throws MimeoError `sector-size-differs`, `disk-too-small` with numbers and what helps, `keep-missing`, `keep-impossible`
 */
export function planFit(request: FitRequest): FitPlan {
  const { image, target, grow = 'auto' } = request;
  refuseOtherSectors(image.layout, target);
  const kept = resolveKept(request);
  const rooms = roomsOf(image.layout, target.sizeBytes, kept.partitions);
  const items = itemsOf(image, kept.leftOut);
  const placed = placeItems(items, rooms) ?? refuseSmall(request, items, rooms, kept);
  const larger = target.sizeBytes - image.layout.diskBytes >= WORTH_GROWING;
  const grown = grow === 'none' || !larger ? null : growOne(image, placed, rooms);
  const partitions = [...partitionsOf(grown?.items ?? placed), ...kept.partitions];
  const layout: DiskLayout = {
    ...image.layout,
    diskBytes: target.sizeBytes,
    partitions: partitions.sort((a, b) => a.number - b.number),
  };
  const growth = grown?.growth ?? null;
  const steps = stepsOf(image, layout, kept);
  const words = steps.flatMap((step) => stepWords(step, image, layout, request.present?.labels));
  const warnings = planWarnings(image, steps, target);
  const visible = kept.partitions.filter(({ number }) => steps.some((step) => step.partition === number));
  return { layout, steps, growth, kept: visible, unwritten: kept.unwritten, words, warnings };
}

function refuseSmall(request: FitRequest, items: readonly Item[], rooms: readonly Room[], kept: Kept): never {
  const { image, target, name } = request;
  if (kept.partitions.length > 0) {
    const free = rooms.map((room) => gigabytes(room.endByte - room.startByte)).join(', ');
    const sizes = items.map(({ lengthBytes }) => gigabytes(lengthBytes)).join(', ');
    throw impossible(
      `What is to be kept on ${target.device}`,
      `the image's partitions (${sizes}) do not fit around it; free runs: ${free}`,
    );
  }
  const needed = neededBytes({ ...image.layout, partitions: partitionsOf(items.map(trimmed)) });
  const words = `The image needs a disk of ${inWords(needed)}, ${target.device} has ${inWords(target.sizeBytes)}.`;
  const { refusal, shrinks } = searchShrink(image, target.sizeBytes);
  if (refusal !== null) throw new MimeoError('disk-too-small', `${words} ${refusal}`);
  const to = Math.floor(target.sizeBytes / MIB);
  throw new MimeoError(
    'disk-too-small',
    `${words} Its files would fit: ${shrinks.map(({ partition }) => partitionWords(image, partition.number)).join(' and ')} can be made smaller.`,
    {
      next: `Make an image for such disks: \`mimeo image shrink ${name ?? 'IMAGE'} --to ${to}MiB --as NEWNAME\`; then deploy that.`,
    },
  );
}
