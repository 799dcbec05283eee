import { MimeoError } from '../../errors.ts';
import type { SourceDisk } from '../../image/index.ts';
import { assembleDisk } from '../assemble-disk.ts';
import type { Import, ImportFormat, ImportOptions } from '../import.ts';
import type { FolderPlace } from '../place.ts';
import { fogContents } from './fog-contents.ts';
import { readFogTable } from './fog-table.ts';

const TABLE = /^d(\d+)\.(?:mbr|partitions|original\.partitions|minimum\.partitions)$/;

/** The folder of an image on a FOG server, of any of its kinds that have files for each partition. */
export const fogFolder: ImportFormat = {
  name: 'FOG folder (d1.mbr, d1.partitions, d1p1.img…)',
  recognises: (place) => place.kind === 'folder' && place.entries.some((name) => TABLE.test(name)),
  open: async (place, options) => {
    if (place.kind !== 'folder') throw new TypeError('a FOG image is a folder');
    return await openFog(place, options);
  },
};

async function openFog(place: FolderPlace, { signal }: ImportOptions): Promise<Import> {
  refuseLvm(place);
  const found = place.entries
    .map((name) => Number(TABLE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0);
  const numbers = [...new Set(found)].sort((a, b) => a - b);
  const disks: SourceDisk[] = [];
  const warnings: string[] = [];
  for (const number of numbers) {
    const table = await readFogTable(place, number);
    const contents = await fogContents(place, number, table.layout);
    const assembled = await assembleDisk({ ...table, contents }, signal);
    disks.push(assembled.disk);
    const prefix = numbers.length > 1 ? `Disk ${number}: ` : '';
    warnings.push(...[...table.warnings, ...assembled.warnings].map((words) => `${prefix}${words}`));
  }
  return {
    kind: 'source',
    source: {
      disks,
      description: `FOG folder ${place.path}`,
      warnings,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

function refuseLvm(place: FolderPlace): void {
  const lvm = place.entries.find((name) => /^d\d+p\d+\.lvm$/.test(name));
  if (lvm === undefined) return;
  throw new MimeoError(
    'import-unsupported',
    `${place.path} was made of a disk with LVM (${lvm}), whose volumes are in files of their own.`,
    { next: 'Deploy it to a disk with FOG, and capture that disk with Mimeo.' },
  );
}
