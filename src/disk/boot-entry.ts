import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import { toMimeoError } from '../errors.ts';
import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { bootOrder, parseEfibootmgr } from './efibootmgr.ts';
import { type EspFiles, withEsp, withScratch } from './esp-files.ts';
import { roleOf } from './fit/partition-role.ts';

const WINDOWS_LOADER = 'EFI/Microsoft/Boot/bootmgfw.efi';
const FALLBACK_LOADER = 'EFI/BOOT/BOOTX64.EFI';
const WINDOWS_LABEL = 'Windows Boot Manager';
/** Where the kernel shows the firmware's variables; absent on a BIOS machine. */
const EFI_VARIABLES = '/sys/firmware/efi/efivars';

/**
 * Before `finishDisk`: puts Windows' loader where any UEFI firmware looks on a disk it has no entry for,
 * if nothing is there or what is there is older. Does nothing on disks without an EFI partition or without
 * Windows' loader.
 *
 * @returns warnings; a loader that could not be copied does not stop a deploy
 */
export async function placeFallbackLoader(disk: string, layout: DiskLayout): Promise<string[]> {
  const partition = espOf(layout);
  if (partition === null) return [];
  try {
    await withEsp({ disk, sectorBytes: layout.sectorBytes, partition }, (files) => copyLoader(files));
    return [];
  } catch (error) {
    return [
      `The Windows boot loader could not be copied to ${FALLBACK_LOADER}: ${toMimeoError(error).message}`,
    ];
  }
}

function copyLoader(files: EspFiles): Promise<void> {
  return withScratch(async (folder) => {
    const [windows, fallback] = [join(folder, 'windows.efi'), join(folder, 'fallback.efi')];
    if (!(await files.take(WINDOWS_LOADER, windows))) return;
    if (await files.take(FALLBACK_LOADER, fallback)) {
      if ((await readFile(windows)).equals(await readFile(fallback))) return;
      if ((await stat(fallback)).mtimeMs >= (await stat(windows)).mtimeMs) return;
    }
    await files.put(windows, FALLBACK_LOADER);
  });
}

/**
 * After `finishDisk`: gives the firmware an entry for Windows if it has none for this disk, and keeps network
 * boot before it: the entry that this boot came from stays first. Does nothing on a BIOS machine.
 *
 * @returns warnings; the fallback loader starts the disk where the entry could not be made
 */
export async function registerBootEntry(disk: string, layout: DiskLayout): Promise<string[]> {
  const partition = espOf(layout);
  if (partition === null || !existsSync(EFI_VARIABLES)) return [];
  try {
    const hasWindows = await withEsp({ disk, sectorBytes: layout.sectorBytes, partition }, (files) =>
      withScratch((folder) => files.take(WINDOWS_LOADER, join(folder, 'windows.efi'))),
    );
    if (!hasWindows) return [];
    const before = parseEfibootmgr((await run(['efibootmgr', '--verbose'])).stdout.toString());
    const own = before.entries.find(
      ({ label, path }) => label === WINDOWS_LABEL && path.toUpperCase().includes(partition.gpt?.id ?? '?'),
    );
    if (own === undefined) await createEntry(disk, partition);
    const after = parseEfibootmgr((await run(['efibootmgr', '--verbose'])).stdout.toString());
    const order = bootOrder(before, after);
    if (order.join() !== after.order.join()) await run(['efibootmgr', '--bootorder', order.join(',')]);
    return [];
  } catch (error) {
    return [`The firmware's boot entry could not be made: ${toMimeoError(error).message}`];
  }
}

async function createEntry(disk: string, partition: PartitionLayout): Promise<void> {
  const loader = `\\${WINDOWS_LOADER.replaceAll('/', '\\')}`;
  await run([
    'efibootmgr',
    '--create',
    '--disk',
    disk,
    '--part',
    String(partition.number),
    '--label',
    WINDOWS_LABEL,
    '--loader',
    loader,
  ]);
}

function espOf(layout: DiskLayout): PartitionLayout | null {
  if (layout.table !== 'gpt') return null;
  return layout.partitions.find((one) => roleOf(layout, one) === 'efi') ?? null;
}
