import { allDisks, type DiskImage, type ImageIndex, type PartitionLayout } from './types.ts';

/** What is different in the partition tables of two images, each difference a sentence. */
export function layoutChanges(first: ImageIndex, second: ImageIndex): string[] {
  const [before, after] = [allDisks(first), allDisks(second)];
  const changes: string[] = [];
  for (let disk = 0; disk < Math.max(before.length, after.length); disk++) {
    const [old, now] = [before[disk], after[disk]];
    // With a single disk nobody needs to be told which one.
    const where = before.length + after.length > 2 ? `Disk ${disk + 1}: ` : '';
    if (old === undefined) changes.push(`Disk ${disk + 1} is new.`);
    else if (now === undefined) changes.push(`Disk ${disk + 1} is gone.`);
    else changes.push(...diskChanges(old, now).map((words) => `${where}${words}`));
  }
  return changes;
}

function diskChanges(old: DiskImage, now: DiskImage): string[] {
  const [a, b] = [old.layout, now.layout];
  const numbers = new Set([...a.partitions, ...b.partitions].map(({ number }) => number));
  return [
    ...(a.table === b.table
      ? []
      : [`The table was ${a.table.toUpperCase()}, and is ${b.table.toUpperCase()}.`]),
    ...(a.diskBytes === b.diskBytes ? [] : [`The disk had ${a.diskBytes} bytes, and has ${b.diskBytes}.`]),
    ...(a.sectorBytes === b.sectorBytes
      ? []
      : [`Sectors had ${a.sectorBytes} bytes, and have ${b.sectorBytes}.`]),
    ...(a.diskId === b.diskId ? [] : [`The disk's id was ${a.diskId}, and is ${b.diskId}.`]),
    ...(Buffer.from(a.bootCode).equals(b.bootCode) ? [] : ['The boot code in the first sector is another.']),
    ...[...numbers].sort((x, y) => x - y).flatMap((number) => partitionChanges(number, old, now)),
  ];
}

function partitionChanges(number: number, old: DiskImage, now: DiskImage): string[] {
  const [a, b] = [partitionOf(old, number), partitionOf(now, number)];
  const what = `Partition ${number}`;
  if (a === null) return [`${what} is new.`];
  if (b === null) return [`${what} is gone.`];
  const [was, is] = [contentOf(old, number), contentOf(now, number)];
  return [
    ...(a.startByte === b.startByte
      ? []
      : [`${what} began at byte ${a.startByte}, and begins at ${b.startByte}.`]),
    ...(a.lengthBytes === b.lengthBytes
      ? []
      : [`${what} had ${a.lengthBytes} bytes, and has ${b.lengthBytes}.`]),
    ...(a.type === b.type ? [] : [`${what} was of type ${a.type}, and is ${b.type}.`]),
    ...(a.active === b.active ? [] : [`${what} is ${b.active ? 'active now' : 'not active any more'}.`]),
    ...(was === is ? [] : [`${what} held ${was}, and holds ${is}.`]),
  ];
}

function partitionOf({ layout }: DiskImage, number: number): PartitionLayout | null {
  return layout.partitions.find((one) => one.number === number) ?? null;
}

function contentOf({ regions }: DiskImage, number: number): string {
  const region = regions.find(({ kind, partition }) => kind === 'partition' && partition === number);
  if (region === undefined) return 'nothing';
  return region.label === '' ? region.filesystem : `${region.filesystem} "${region.label}"`;
}
