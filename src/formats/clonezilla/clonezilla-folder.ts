import { join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import type { SourceDisk } from '../../image/index.ts';
import { assembleDisk } from '../assemble-disk.ts';
import { damaged } from '../damage.ts';
import type { Import, ImportFormat, ImportOptions } from '../import.ts';
import type { FolderPlace } from '../place.ts';
import { readDiskTable } from './disk-table.ts';
import { contentsOf } from './part-files.ts';
import { readWords } from './read-words.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

/** What Clonezilla's `savedisk` and `saveparts` make. */
export const clonezillaFolder: ImportFormat = {
  name: 'Clonezilla folder (parts, sda-pt.sf, sda1.ntfs-ptcl-img…)',
  recognises: (place) =>
    place.kind === 'folder' &&
    (place.entries.includes('parts') || place.entries.includes('disk')) &&
    place.entries.some((name) => /-pt\.sf$|-pt\.parted$|-gpt-1st$|-mbr$|ecryptfs/.test(name)),
  open: async (place, options) => {
    if (place.kind !== 'folder') throw new TypeError('a Clonezilla image is a folder');
    return await openClonezilla(place, options);
  },
};

async function openClonezilla(place: FolderPlace, { signal }: ImportOptions): Promise<Import> {
  await refuseUnsupported(place);
  const parts = place.entries.includes('parts') ? await readWords(place, 'parts') : [];
  const names = await diskNames(place, parts);
  const disks: SourceDisk[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    const table = await readDiskTable(place, name);
    const contents = await contentsOf(place, name, table.layout, parts);
    const assembled = await assembleDisk({ ...table, contents }, signal);
    disks.push(assembled.disk);
    const prefix = names.length > 1 ? `Disk ${name}: ` : '';
    warnings.push(...[...table.warnings, ...assembled.warnings].map((words) => `${prefix}${words}`));
  }
  return {
    kind: 'source',
    source: {
      disks,
      description: `Clonezilla folder ${place.path}`,
      warnings,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

/** `savedisk` lists its disks; `saveparts` only the partitions, which name theirs. */
async function diskNames(place: FolderPlace, parts: readonly string[]): Promise<string[]> {
  const listed = place.entries.includes('disk') ? await readWords(place, 'disk') : [];
  const names = listed.length > 0 ? listed : [...new Set(parts.map(diskOfPart))];
  if (names.length === 0) {
    throw damaged({ path: join(place.path, 'parts'), offset: 0, compressed: false }, 'it names no partition');
  }
  const strange = names.find((name) => !/^[a-z0-9_-]+$/i.test(name));
  if (strange !== undefined) {
    throw new MimeoError(
      'import-unsupported',
      `${place.path} is of a disk called ${JSON.stringify(strange)}.`,
    );
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  const path = join(place.path, 'disk');
  if (twice !== undefined) throw damaged({ path, offset: 0, compressed: false }, `it names ${twice} twice`);
  const homeless = parts.find((part) => !names.includes(part) && !names.includes(diskOfPart(part)));
  if (homeless === undefined) return names;
  const words = `it does not name the disk of ${homeless}, which the file parts lists`;
  throw damaged({ path, offset: 0, compressed: false }, words);
}

/** `sda1` is on `sda`, `nvme0n1p1` on `nvme0n1`. */
function diskOfPart(part: string): string {
  return /^(.*\d)p\d+$/.exec(part)?.[1] ?? part.replace(/\d+$/, '');
}
