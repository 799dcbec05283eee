import { join } from 'node:path';
import { isExtended } from '../../disk/index.ts';
import type { DiskLayout } from '../../image/index.ts';
import type { PartContent } from '../assemble-disk.ts';
import { ImportFile } from '../codec/import-file.ts';
import { pieceNames } from '../codec/split-set.ts';
import { damaged, missingFile } from '../damage.ts';
import { isEmptyByNature } from '../empty-by-nature.ts';
import type { FolderPlace } from '../place.ts';
import { readSmall } from '../read-small.ts';
import { isSwapType } from '../swap-image.ts';

/**
 * What FOG kept of a disk's partitions, by number: `d1p1.img` (whole, or the first piece renamed), or
 * `d1p1.img.000`; of a swap area only its UUID.
 *
 * @throws MimeoError `import-damaged` when a piece is missing, or the image of a partition that has content
 */
export async function fogContents(
  place: FolderPlace,
  disk: number,
  layout: DiskLayout,
): Promise<Map<number, PartContent>> {
  const contents = new Map<number, PartContent>();
  const uuids = await swapUuids(place, disk);
  const legacy = disk === 1 ? legacyFiles(place) : new Map<number, readonly string[]>();
  for (const partition of layout.partitions) {
    const { number } = partition;
    if (isExtended(layout, partition)) continue;
    const names = filesOf(place, `d${disk}p${number}.img`) ?? legacy.get(number);
    if (names !== undefined) {
      const file = await ImportFile.open(names.map((name) => join(place.path, name)));
      contents.set(number, { kind: 'file', file, raw: false });
    } else if (uuids.has(number) || isSwapType(partition)) {
      contents.set(number, { kind: 'swap', facts: { uuid: uuids.get(number) ?? '', label: '' } });
    } else if (!isEmptyByNature(partition)) {
      throw missingFile(
        place.path,
        `d${disk}p${number}.img`,
        `the table of disk ${disk} lists partition ${number}, and the folder has no image of it`,
      );
    }
  }
  refuseStrays(place, disk, layout);
  return contents;
}

/** A partition that the table has lost would be left out in silence. */
function refuseStrays(place: FolderPlace, disk: number, layout: DiskLayout): void {
  const image = new RegExp(`^d${disk}p(\\d+)\\.img(?:\\.000)?$`);
  const known = new Set(layout.partitions.map(({ number }) => number));
  const stray = place.entries.find((name) => {
    const number = image.exec(name)?.[1];
    return number !== undefined && !known.has(Number(number));
  });
  if (stray === undefined) return;
  throw damaged(
    { path: join(place.path, stray), offset: 0, compressed: false },
    `the table of disk ${disk} does not have the partition that it is an image of`,
  );
}

function filesOf(place: FolderPlace, name: string): string[] | undefined {
  if (place.entries.includes(name)) return pieceNames(name, place.entries, place.path);
  if (place.entries.some((entry) => /^\.\d{3}$/.test(entry.slice(name.length)) && entry.startsWith(name))) {
    return pieceNames(`${name}.000`, place.entries, place.path);
  }
  return undefined;
}

/**
 * How FOG called the files of Windows 7 masters before 1.2: `rec.img.000` (and `.001`, a partition of its own) for
 * those before the system's, `sys.img.000` and on for the system's.
 */
function legacyFiles(place: FolderPlace): Map<number, readonly string[]> {
  if (!place.entries.includes('sys.img.000')) return new Map();
  const before = ['rec.img.000', 'rec.img.001'].filter((name) => place.entries.includes(name));
  const system = pieceNames('sys.img.000', place.entries, place.path);
  return new Map([...before.map((name) => [name]), system].map((names, i) => [i + 1, names]));
}

/** Lines of `3 <uuid>` or `/dev/sda3 <uuid>`. */
async function swapUuids(place: FolderPlace, disk: number): Promise<Map<number, string>> {
  const text = (await readSmall(place, `d${disk}.original.swapuuids`))?.toString() ?? '';
  const lines = text.matchAll(/^\s*\S*?(\d+)\s+([0-9a-fA-F-]{36})\s*$/gm);
  return new Map([...lines].map(([, number = '', uuid = '']) => [Number(number), uuid]));
}
