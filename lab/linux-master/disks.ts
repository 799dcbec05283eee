import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { insertPartition, SECTOR, writeAt } from '../ntfs/partition.ts';
import { BIOS_LAYOUT, BIOS_TABLE, ROOT_UUID, UEFI_LAYOUT, UEFI_TABLE } from './layout.ts';

const GRUB = '/usr/lib/grub';
const MODULES = [
  'normal',
  'configfile',
  'search',
  'search_fs_uuid',
  'linux',
  'ext2',
  'part_msdos',
  'part_gpt',
];
/** Of sector 0, only this much is code; then come the disk's signature and the table. */
const BOOT_CODE_BYTES = 440;

/** GRUB looks for its menu on the root volume, wherever that is. */
const START = `search --no-floppy --fs-uuid --set=root ${ROOT_UUID}
set prefix=($root)/boot/grub
configfile ($root)/boot/grub/grub.cfg
`;

/** An ext4 volume with a tree in it, owners and all. */
export async function buildRoot(file: string, tree: string): Promise<void> {
  await blank(file, BIOS_LAYOUT.root.sectors);
  await run(['mke2fs', '-q', '-t', 'ext4', '-F', '-U', ROOT_UUID, '-L', 'linux', '-d', tree, file]);
}

/** The BIOS master: GRUB's first sector in sector 0, the rest of it behind, which that expects in sector 1. */
export async function buildBiosDisk(disk: string, root: string, scratch: string): Promise<void> {
  await blank(disk, BIOS_LAYOUT.disk);
  await partition(disk, BIOS_TABLE);
  const core = join(scratch, 'core.img');
  await makeGrub('i386-pc', [...MODULES, 'biosdisk'], core, scratch);
  const boot = await readFile(`${GRUB}/i386-pc/boot.img`);
  await writeAt(disk, 0, boot.subarray(0, BOOT_CODE_BYTES));
  await writeAt(disk, SECTOR, await readFile(core));
  await insertPartition(root, disk, BIOS_LAYOUT.root.start);
}

/** The UEFI master: GRUB where a firmware looks that knows of no boot entry. */
export async function buildUefiDisk(disk: string, root: string, scratch: string): Promise<void> {
  await blank(disk, UEFI_LAYOUT.disk);
  await partition(disk, UEFI_TABLE);
  const esp = join(scratch, 'esp.fat');
  const loader = join(scratch, 'grubx64.efi');
  await makeGrub('x86_64-efi', [...MODULES, 'fat'], loader, scratch);
  await blank(esp, UEFI_LAYOUT.esp.sectors);
  await run(['mkfs.vfat', '-F', '32', '-s', '1', '-n', 'SYSTEM', '-h', String(UEFI_LAYOUT.esp.start), esp]);
  await run(['mmd', '-i', esp, '::/EFI', '::/EFI/BOOT']);
  await run(['mcopy', '-i', esp, loader, '::/EFI/BOOT/BOOTX64.EFI']);
  await insertPartition(esp, disk, UEFI_LAYOUT.esp.start);
  await insertPartition(root, disk, UEFI_LAYOUT.root.start);
}

async function makeGrub(format: string, modules: string[], output: string, scratch: string): Promise<void> {
  const script = join(scratch, 'start.cfg');
  await writeFile(script, START);
  const target = ['--format', format, '--prefix', '/boot/grub', '--config', script];
  await run(['grub-mkimage', ...target, '--output', output, ...modules]);
}

async function blank(file: string, sectors: number): Promise<void> {
  await writeFile(file, '');
  await truncate(file, sectors * SECTOR);
}

async function partition(disk: string, table: string): Promise<void> {
  await run(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', disk], { input: table });
}
