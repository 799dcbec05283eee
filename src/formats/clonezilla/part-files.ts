import { join } from 'node:path';
import { isExtended } from '../../disk/index.ts';
import type { DiskLayout } from '../../image/index.ts';
import type { PartContent } from '../assemble-disk.ts';
import { ImportFile } from '../codec/import-file.ts';
import { pieceNames } from '../codec/split-set.ts';
import { damaged, missingFile } from '../damage.ts';
import { partitionDevice } from '../layout/write-sfdisk-dump.ts';
import type { FolderPlace } from '../place.ts';
import { isSwapType } from '../swap-image.ts';
import { readAssignments } from './read-words.ts';

/** `sda1.ntfs-ptcl-img.zst.aa`, `sda1.dd-img.gz`, `sda1.ntfs-img.aa`, and partimage's `sda1.aa` or `sda1.000`. */
const IMAGE =
  /^\.(?:.*-img(?:\.[a-z0-9]+)*|(?:aa+|0+)|(?:gz|bz2|lzo|lz4|lzma|xz|lzip|lrz|zst|uncomp)(?:\.aa+)?)$/;
/** Neither `dd` (`sda1.dd-img`) nor partclone.dd (`sda1.dd-ptcl-img`) leaves a mark in its files. */
const RAW = /^\.(?:.*\.)?dd(?:-ptcl)?-img/;

/**
 * What the folder has of a disk's partitions, by number.
 * @param parts those that the image says it holds; empty: all
 * @throws MimeoError `import-damaged` when one of them has no file, or the table not one of them
 */
export async function contentsOf(
  place: FolderPlace,
  disk: string,
  layout: DiskLayout,
  parts: readonly string[],
): Promise<Map<number, PartContent>> {
  const contents = new Map<number, PartContent>();
  for (const partition of layout.partitions) {
    const name = partitionDevice(disk, partition.number);
    const content = await contentOf(place, name);
    if (content !== null) contents.set(partition.number, content);
    else if (isSwapType(partition))
      contents.set(partition.number, { kind: 'swap', facts: { uuid: '', label: '' } });
    else if (parts.includes(name) && !isExtended(layout, partition)) {
      throw missingFile(
        place.path,
        `${name}.*-img*`,
        `parts lists ${name}, and the folder has no image of it (such as ${name}.ntfs-ptcl-img.gz.aa)`,
      );
    }
  }
  refuseStrays(place, disk, layout, parts);
  return contents;
}

/** A partition that the table has lost would be left out in silence. */
function refuseStrays(place: FolderPlace, disk: string, layout: DiskLayout, parts: readonly string[]): void {
  const known = new Set(layout.partitions.map(({ number }) => partitionDevice(disk, number)));
  const base = partitionDevice(disk, 0).slice(0, -1);
  const swaps = place.entries.map((name) => /^swappt-(.+)\.info$/.exec(name)?.[1] ?? '');
  const stray = [...parts, ...swaps].find(
    (name) => name.startsWith(base) && /^\d+$/.test(name.slice(base.length)) && !known.has(name),
  );
  if (stray === undefined) return;
  throw damaged(
    { path: join(place.path, `${disk}-pt.sf`), offset: 0, compressed: false },
    `the partition table has no ${stray}, which another file of the folder names`,
  );
}

async function contentOf(place: FolderPlace, name: string): Promise<PartContent | null> {
  const files = place.entries.filter(
    (entry) => entry.startsWith(`${name}.`) && IMAGE.test(entry.slice(name.length)),
  );
  const [first] = files;
  if (first !== undefined) {
    const pieces = pieceNames(first, place.entries, place.path);
    const stray = files.find((file) => !pieces.includes(file));
    if (stray !== undefined) {
      throw damaged(
        { path: join(place.path, stray), offset: 0, compressed: false },
        `it and ${first} are both images of ${name}, or a piece before it is missing`,
      );
    }
    const file = await ImportFile.open(pieces.map((piece) => join(place.path, piece)));
    return { kind: 'file', file, raw: RAW.test(first.slice(name.length)) };
  }
  const swap = `swappt-${name}.info`;
  if (!place.entries.includes(swap)) return null;
  const facts = await readAssignments(place, swap);
  const uuid = facts.get('UUID');
  if (uuid === undefined || !/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/i.test(uuid)) {
    throw damaged(
      { path: join(place.path, swap), offset: 0, compressed: false },
      `it should say UUID="…", by which the system finds its swap area, not ${JSON.stringify(uuid ?? '')}`,
    );
  }
  return { kind: 'swap', facts: { uuid, label: facts.get('LABEL') ?? '' } };
}
