import { join } from 'node:path';
import type { DiskLayout } from '../../image/index.ts';
import type { DiskTable } from '../assemble-disk.ts';
import { damaged } from '../damage.ts';
import { layoutOf } from '../layout/layout-of.ts';
import { isSgdiskBackup, readSavedLayout, sgdiskBackup } from '../layout/saved-table.ts';
import { hidesGpt, parseSfdiskDump } from '../layout/sfdisk-dump.ts';
import type { FolderPlace } from '../place.ts';
import { readSectors, readSmall } from '../read-small.ts';

const SECTOR = 512;

/**
 * The table of one of FOG's disks. For a resizable image FOG shrinks the filesystems on the master and keeps two
 * tables: `d1.partitions` as the master was, `d1.minimum.partitions` and `d1.mbr` as it was while shrunk. We take
 * the master's own: its partitions keep their places, and a filesystem that is smaller than its partition is told.
 *
 * @throws MimeoError `import-damaged`
 */
export async function readFogTable(place: FolderPlace, disk: number): Promise<DiskTable> {
  const read = (suffix: string): Promise<Buffer | null> => readSmall(place, `d${disk}.${suffix}`);
  const mbr = await readSectors(place, `d${disk}.mbr`);
  const grub = await readSectors(place, `d${disk}.grub.mbr`);
  const isGpt = mbr !== null && isSgdiskBackup(mbr);
  const loader = isGpt ? null : (mbr?.subarray(SECTOR) ?? null);
  const firstSector = (grub ?? mbr)?.subarray(0, SECTOR) ?? null;
  const diskBytes = sizeOf((await read('size'))?.toString() ?? '');
  const warnings = firstSector === null ? [`There is no d${disk}.mbr: the disk gets no boot code.`] : [];
  for (const name of ['partitions', 'original.partitions', 'minimum.partitions']) {
    const text = await read(name);
    if (text === null) continue;
    const dump = parseSfdiskDump(text.toString(), join(place.path, `d${disk}.${name}`));
    if (hidesGpt(dump)) continue;
    const shrunk = name === 'minimum.partitions' ? [SHRUNK_ONLY] : [];
    const layout = layoutOf(dump, { diskBytes, firstSector });
    return { layout, loader, warnings: [...warnings, ...shrunk] };
  }
  const path = join(place.path, `d${disk}.mbr`);
  if (mbr === null)
    throw damaged({ path, offset: 0, compressed: false }, 'neither it nor a table as text is there');
  const pieces = isGpt ? sgdiskBackup(mbr) : [{ offset: 0, bytes: mbr }];
  return { layout: withCode(await readSavedLayout(pieces, path, diskBytes), firstSector), loader, warnings };
}

const SHRUNK_ONLY =
  "Only the table of the shrunk disk is there: the partitions are as small as FOG's minimum, not as the master's.";

function withCode(layout: DiskLayout, firstSector: Buffer | null): DiskLayout {
  return firstSector === null ? layout : { ...layout, bootCode: firstSector.subarray(0, 440) };
}

/** `1:500107862016` */
function sizeOf(text: string): number | null {
  const bytes = Number(/^\d+:(\d+)/.exec(text)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}
