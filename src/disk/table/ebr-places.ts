import { MimeoError } from '../../errors.ts';
import type { PartitionLayout } from '../../image/index.ts';

/** The usual room between an EBR and its partition, in bytes. */
const USUAL_GAP = 1_048_576;

/**
 * Where the EBRs of logical partitions go, in bytes: the first one where the container starts, which is how it
 * is found; each other as far before its partition as the first (at most 1 MiB), or closer where there is less
 * room, or in the next free sector further to the front where there is none at all.
 *
 * @throws MimeoError `table-unwritable` when no sector before one of them is free
 */
export function ebrPlaces(
  container: PartitionLayout,
  logical: readonly PartitionLayout[],
  sectorBytes: number,
): number[] {
  const [first] = logical;
  if (first === undefined) return [];
  const start = container.startByte;
  if (logical.some((one) => one.startByte < start + sectorBytes)) {
    throw new MimeoError(
      'table-unwritable',
      'A logical partition begins where the table of the logical partitions has to be.',
    );
  }
  const gap = Math.min(USUAL_GAP, first.startByte - start);
  const places = [start];
  for (const partition of logical.slice(1)) {
    const taken = [
      ...logical.map((one) => ({ from: one.startByte, to: one.startByte + one.lengthBytes })),
      ...places.map((place) => ({ from: place, to: place + sectorBytes })),
    ];
    // Where it would be in the way it moves behind what is there, as long as that is before its partition.
    let place = Math.max(
      partition.startByte - gap,
      ...taken.map(({ to }) => to).filter((to) => to + sectorBytes <= partition.startByte),
    );
    for (let i = 0; i <= taken.length; i++) {
      const at = place;
      const inTheWay = taken.find(({ from, to }) => at < to && from < at + sectorBytes);
      if (inTheWay === undefined) break;
      place = inTheWay.from - sectorBytes;
    }
    if (place <= start) {
      throw new MimeoError(
        'table-unwritable',
        `There is no free sector before logical partition ${partition.number} for its table.`,
      );
    }
    places.push(place);
  }
  return places;
}
