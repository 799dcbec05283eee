/** How a BIOS counts a disk in cylinders, heads and sectors. */
export interface Geometry {
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** What every BIOS says of a disk of more than 8 GiB, and what Windows and fdisk write everywhere. */
export const LBA_GEOMETRY: Geometry = { heads: 255, sectorsPerTrack: 63 };

/** The three bytes of a sector's place in an MBR entry; past cylinder 1023 the largest, by convention. */
export function chsBytes(sector: number, { heads, sectorsPerTrack }: Geometry): [number, number, number] {
  const cylinder = Math.floor(sector / (heads * sectorsPerTrack));
  if (cylinder > 1023) return [Math.min(heads - 1, 254), 0xff, 0xff];
  const head = Math.floor(sector / sectorsPerTrack) % heads;
  const inTrack = (sector % sectorsPerTrack) + 1;
  return [head, inTrack | ((cylinder >> 2) & 0xc0), cylinder & 0xff];
}
