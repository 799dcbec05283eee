import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { insertPartition, SECTOR } from '../ntfs/partition.ts';
import { setHiddenSectors, writeMasterBootRecord, writeVolumeBootRecord } from './boot/records.ts';
import { buildWindowsLoader } from './boot/windows-loader.ts';
import { BIOS_LAYOUT, DISK_SECTORS, sfdiskScript, UEFI_LAYOUT } from './layout.ts';
import { VOLUME_BYTES } from './volume.ts';

const ESP_SECTORS = 64 * 2048;

/**
 * The BIOS master: a partition table of the old kind, boot code in sector 0, and the Windows volume in the
 * active partition at sector 63, where XP's setup puts it. Changes `volume`'s boot record.
 */
export async function buildBiosDisk(disk: string, volume: string, scratch: string): Promise<void> {
  await emptyDisk(disk, 'bios');
  await setHiddenSectors(volume, VOLUME_BYTES, BIOS_LAYOUT.windows.start);
  await writeVolumeBootRecord(volume, VOLUME_BYTES, scratch);
  await writeMasterBootRecord(disk, scratch);
  await insertPartition(volume, disk, BIOS_LAYOUT.windows.start);
}

/** The UEFI master: GPT with an EFI system partition, Microsoft's reserved one, and the Windows volume. */
export async function buildUefiDisk(disk: string, volume: string, scratch: string): Promise<void> {
  await emptyDisk(disk, 'uefi');
  const esp = join(scratch, 'esp.fat');
  await buildSystemPartition(esp, scratch);
  await insertPartition(esp, disk, UEFI_LAYOUT.esp.start);
  await setHiddenSectors(volume, VOLUME_BYTES, UEFI_LAYOUT.windows.start);
  await insertPartition(volume, disk, UEFI_LAYOUT.windows.start);
}

async function emptyDisk(disk: string, kind: 'bios' | 'uefi'): Promise<void> {
  await writeFile(disk, '');
  await truncate(disk, DISK_SECTORS[kind] * SECTOR);
  await run(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', disk], { input: sfdiskScript(kind) });
}

async function buildSystemPartition(file: string, scratch: string): Promise<void> {
  await writeFile(file, '');
  await truncate(file, ESP_SECTORS * SECTOR);
  const place = ['-h', String(UEFI_LAYOUT.esp.start)];
  await run(['mkfs.vfat', '-F', '32', '-s', '1', '-i', '4D494D45', '-n', 'SYSTEM', ...place, file]);
  const loader = join(scratch, 'bootmgfw.efi');
  await buildWindowsLoader(loader, scratch);
  const folders = ['::/EFI', '::/EFI/Microsoft', '::/EFI/Microsoft/Boot', '::/EFI/BOOT'];
  await run(['mmd', '-i', file, ...folders]);
  for (const place of ['::/EFI/Microsoft/Boot/bootmgfw.efi', '::/EFI/BOOT/BOOTX64.EFI']) {
    await run(['mcopy', '-m', '-i', file, loader, place]);
  }
}
