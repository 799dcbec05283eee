import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { run } from '../command.ts';
import { toMimeoError } from '../errors.ts';
import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { EFI_LOADERS, type EfiLoader } from './efi-loaders.ts';
import { bootOrder, parseEfibootmgr } from './efibootmgr.ts';
import { type EspFiles, withEsp, withScratch } from './esp-files.ts';
import { roleOf } from './fit/partition-role.ts';

const FALLBACK_FOLDER = 'EFI/BOOT';
const FALLBACK_LOADER = `${FALLBACK_FOLDER}/BOOTX64.EFI`;
/** Where the kernel shows the firmware's variables; absent on a BIOS machine. */
const EFI_VARIABLES = '/sys/firmware/efi/efivars';

/**
 * Before `finishDisk`: puts the loader of Windows, or else of Linux, where any UEFI firmware looks on a disk it has no
 * entry for, if nothing is there or what is there is an older one of Windows. Does nothing on disks without an EFI
 * partition or without a loader that is known.
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
    return [`The boot loader could not be copied to ${FALLBACK_LOADER}: ${toMimeoError(error).message}`];
  }
}

function copyLoader(files: EspFiles): Promise<void> {
  return withScratch(async (folder) => {
    const [source, fallback] = [join(folder, 'loader.efi'), join(folder, 'fallback.efi')];
    const loader = await takeLoader(files, source);
    if (loader === null) return;
    if (await files.take(FALLBACK_LOADER, fallback)) {
      if (!loader.renews || (await readFile(source)).equals(await readFile(fallback))) return;
      if ((await stat(fallback)).mtimeMs >= (await stat(source)).mtimeMs) return;
    }
    // What the loader looks for goes first: with the loader in place, all of it is.
    for (const name of loader.beside) {
      const file = join(folder, name);
      if (await files.take(`${posix.dirname(loader.path)}/${name}`, file)) {
        await files.put(file, `${FALLBACK_FOLDER}/${name}`);
      }
    }
    await files.put(source, FALLBACK_LOADER);
  });
}

/** Copies out the first loader that is there, and says which. */
async function takeLoader(files: EspFiles, to: string): Promise<EfiLoader | null> {
  for (const loader of EFI_LOADERS) if (await files.take(loader.path, to)) return loader;
  return null;
}

/**
 * After `finishDisk`: gives the firmware an entry for the system on the disk if it has none, and keeps network boot
 * before it: the entry that this boot came from stays first. Does nothing on a BIOS machine.
 *
 * @returns warnings; the fallback loader starts the disk where the entry could not be made
 */
export async function registerBootEntry(disk: string, layout: DiskLayout): Promise<string[]> {
  const partition = espOf(layout);
  if (partition === null || !existsSync(EFI_VARIABLES)) return [];
  try {
    const loader = await withEsp({ disk, sectorBytes: layout.sectorBytes, partition }, (files) =>
      withScratch((folder) => takeLoader(files, join(folder, 'loader.efi'))),
    );
    if (loader === null) return [];
    const before = parseEfibootmgr((await run(['efibootmgr', '--verbose'])).stdout.toString());
    const own = before.entries.find(
      ({ label, path }) => label === loader.label && path.toUpperCase().includes(partition.gpt?.id ?? '?'),
    );
    if (own === undefined) await createEntry(disk, partition, loader);
    const after = parseEfibootmgr((await run(['efibootmgr', '--verbose'])).stdout.toString());
    const order = bootOrder(before, after);
    if (order.join() !== after.order.join()) await run(['efibootmgr', '--bootorder', order.join(',')]);
    return [];
  } catch (error) {
    return [`The firmware's boot entry could not be made: ${toMimeoError(error).message}`];
  }
}

async function createEntry(disk: string, partition: PartitionLayout, loader: EfiLoader): Promise<void> {
  await run([
    'efibootmgr',
    '--create',
    '--disk',
    disk,
    '--part',
    String(partition.number),
    '--label',
    loader.label,
    '--loader',
    `\\${loader.path.replaceAll('/', '\\')}`,
  ]);
}

function espOf(layout: DiskLayout): PartitionLayout | null {
  if (layout.table !== 'gpt') return null;
  return layout.partitions.find((one) => roleOf(layout, one) === 'efi') ?? null;
}
