import { join } from 'node:path';
import type { DiskTable } from '../assemble-disk.ts';
import { damaged, missingFile } from '../damage.ts';
import { layoutOf } from '../layout/layout-of.ts';
import { readSavedLayout, sgdiskBackup } from '../layout/saved-table.ts';
import { hidesGpt, parseSfdiskDump } from '../layout/sfdisk-dump.ts';
import type { FolderPlace } from '../place.ts';
import { readSectors, readSmall } from '../read-small.ts';

const SECTOR = 512;

/**
 * A disk's table, from the text that sfdisk wrote (`sda-pt.sf`) or, where an old sfdisk could not read a GPT, from
 * the table itself (`sda-gpt-1st`, `sda-gpt.sgdisk`).
 *
 * @throws MimeoError `import-damaged`
 */
export async function readDiskTable(place: FolderPlace, disk: string): Promise<DiskTable> {
  const read = (suffix: string): Promise<Buffer | null> => readSmall(place, `${disk}${suffix}`);
  const sectors = (suffix: string): Promise<Buffer | null> => readSectors(place, `${disk}${suffix}`);
  const mbr = await sectors('-mbr');
  const gpt = await sectors('-gpt-1st');
  const firstSector = mbr ?? gpt?.subarray(0, SECTOR) ?? null;
  const diskBytes = sizeFromParted((await read('-pt.parted'))?.toString() ?? '');
  const dumpPath = join(place.path, `${disk}-pt.sf`);
  const text = await read('-pt.sf');
  const dump = text === null ? null : parseSfdiskDump(text.toString(), dumpPath);
  const warnings =
    firstSector === null ? ['The image has no copy of its first sector: the disk gets no boot code.'] : [];
  const loader = await sectors('-hidden-data-after-mbr');
  if (dump !== null && !hidesGpt(dump)) {
    return { layout: layoutOf(dump, { diskBytes, firstSector }), loader, warnings };
  }
  const backup = await sectors('-gpt.sgdisk');
  const pieces = gpt !== null ? [{ offset: 0, bytes: gpt }] : backup !== null ? sgdiskBackup(backup) : null;
  if (pieces === null) {
    if (text === null) {
      const words = `it holds the partition table of ${disk}, and there is neither ${disk}-gpt-1st nor ${disk}-gpt.sgdisk`;
      throw missingFile(place.path, `${disk}-pt.sf`, words);
    }
    throw damaged(
      { path: dumpPath, offset: 0, compressed: false },
      `it knows no GPT, and neither is there ${disk}-gpt-1st nor ${disk}-gpt.sgdisk`,
    );
  }
  const layout = await readSavedLayout(pieces, join(place.path, `${disk}-gpt-1st`), diskBytes);
  return { layout, loader, warnings };
}

/** `Disk /dev/sda: 41943040s`, in sectors of the size that parted says below. */
function sizeFromParted(text: string): number | null {
  const sectors = Number(/^Disk \S+: (\d+)s$/m.exec(text)?.[1] ?? Number.NaN);
  const sectorBytes = Number(/^Sector size \(logical\/physical\): (\d+)B/m.exec(text)?.[1] ?? SECTOR);
  return Number.isSafeInteger(sectors * sectorBytes) ? sectors * sectorBytes : null;
}
