import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import type { MasterDisk, MasterPart } from './master-disk.ts';
import { SWAP_UUID } from './master-disk.ts';
import { clone } from './volumes.ts';

const BLKID: Readonly<Record<string, string>> = { ntfs: 'ntfs', extfs: 'ext4', fat32: 'vfat' };

/** What masters and folders of them are made with. */
export const CLONEZILLA_TOOLS = [
  'partclone.ntfs',
  'mkntfs',
  'ntfs-3g',
  'mkfs.ext4',
  'mcopy',
  'sfdisk',
  'sgdisk',
  'parted',
  'split',
];

export interface Packing {
  /** The ending, `gz`; '' writes Clonezilla's `uncomp`. */
  readonly ending: string;
  /** Writes to standard output what comes in a file. */
  readonly argv: readonly string[];
  /** Bytes of a piece, as for `split -b`; null: one file. */
  readonly split: string | null;
}

/**
 * An image folder as `ocs-sr savedisk` leaves it, made by the commands that it runs: sfdisk -d, parted, dd of
 * both ends and the sectors after the MBR, sgdisk -b, partclone through a compressor and split.
 */
export async function makeClonezillaFolder(
  folder: string,
  masters: readonly MasterDisk[],
  packing: Packing,
): Promise<string> {
  await mkdir(folder);
  const names = masters.map((_, i) => `sd${'abc'[i]}`);
  const parts: string[] = [];
  for (const [i, master] of masters.entries()) {
    const name = names[i] ?? '';
    await saveTable(folder, name, master);
    await Promise.all(master.parts.map((part) => savePart(folder, `${name}${part.number}`, part, packing)));
    parts.push(
      ...master.parts.filter(({ content }) => content !== 'swap').map(({ number }) => `${name}${number}`),
    );
  }
  await writeFile(join(folder, 'disk'), `${names.join(' ')}\n`);
  await writeFile(join(folder, 'parts'), `${parts.join(' ')}\n`);
  await writeFile(join(folder, 'Info-packages.txt'), 'partclone 0.3.23\n');
  await writeFile(join(folder, 'efi-nvram.dat'), 'BootCurrent: 0001\n');
  await writeFile(join(folder, 'blkdev.list'), 'KNAME NAME SIZE TYPE FSTYPE MOUNTPOINT MODEL\n');
  return folder;
}

async function saveTable(folder: string, name: string, { disk, table }: MasterDisk): Promise<void> {
  const path = (suffix: string): string => join(folder, `${name}${suffix}`);
  const dump = (await run(['sfdisk', '-d', disk])).stdout.toString().replaceAll(disk, `/dev/${name}`);
  await writeFile(path('-pt.sf'), dump);
  const parted = (await run(['parted', '-s', disk, 'unit', 's', 'print'])).stdout.toString();
  await writeFile(path('-pt.parted'), parted.replaceAll(disk, `/dev/${name}`));
  await run(['dd', `if=${disk}`, `of=${path('-mbr')}`, 'bs=512', 'count=1', 'status=none']);
  if (table === 'mbr') {
    await run([
      'dd',
      `if=${disk}`,
      `of=${path('-hidden-data-after-mbr')}`,
      'skip=1',
      'bs=512',
      'count=2047',
      'status=none',
    ]);
    return;
  }
  await run(['dd', `if=${disk}`, `of=${path('-gpt-1st')}`, 'bs=512', 'count=34', 'status=none']);
  await run(['sgdisk', '-b', path('-gpt.sgdisk'), disk]);
}

async function savePart(folder: string, name: string, part: MasterPart, packing: Packing): Promise<void> {
  if (part.content === 'swap') {
    await writeFile(join(folder, `swappt-${name}.info`), `UUID="${SWAP_UUID}"\nLABEL="swap-1"\n`);
    return;
  }
  const plain = join(folder, `.${name}`);
  const kind = part.content === 'dd' ? 'dd' : (BLKID[part.content] ?? '');
  if (part.content === 'dd')
    await run(['partclone.dd', '-q', '-L', `${plain}.log`, '-s', part.volume, '-O', plain]);
  else await clone(part.content, part.volume, plain);
  const target = join(folder, `${name}.${kind}-ptcl-img.${packing.ending || 'uncomp'}`);
  const packed = packing.ending === '' ? await readFile(plain) : (await run([...packing.argv, plain])).stdout;
  await writeFile(target, packed);
  await Promise.all([plain, `${plain}.log`].map((path) => rm(path, { force: true })));
  if (packing.split === null) return;
  await run(['split', '-b', packing.split, target, `${target}.`]);
  await rm(target);
}
