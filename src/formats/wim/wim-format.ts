import { dirname, join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import type { Import, ImportFormat, ImportOptions } from '../import.ts';
import { requireTool } from '../require-tool.ts';
import { rawPartition } from '../virtual-disk/raw-partition.ts';
import { noRoom, workFolder } from '../work-room.ts';
import { applyWim, volumeBytes } from './apply-wim.ts';
import { EFI_START, efiDiskAround } from './efi-disk.ts';
import { MBR_START, mbrDiskAround } from './mbr-disk.ts';
import { readWimHead, WIM_MAGIC } from './wim-head.ts';
import { chooseWimImage, parseWimImages } from './wim-images.ts';
import { otherParts } from './wim-parts.ts';

/** Microsoft's WIM and ESD, also split ones: files of a volume, which are unpacked into a fresh NTFS. */
export const wimFormat: ImportFormat = {
  name: 'WIM or ESD',
  recognises: (place) => place.kind === 'file' && place.storedHead.toString('latin1', 0, 8) === WIM_MAGIC,
  open: (place, options) => openWim(place.path, options),
};

/**
 * Unpacks one image of a WIM. What it was unpacked into is read by the source, and goes when that is disposed.
 *
 * @throws MimeoError `import-damaged`, `import-unsupported`, `import-tool-missing`, `import-no-room`
 */
async function openWim(path: string, options: ImportOptions): Promise<Import> {
  const head = await readWimHead(path);
  const parts = await otherParts(path, head);
  const image = chooseWimImage(parseWimImages(head.xml), options.index, path);
  const table = options.partitionTable ?? (startsByEfi(image.windows) ? 'gpt' : 'mbr');
  if (table === 'gpt' && options.mbr !== undefined) {
    throw new MimeoError('import-unsupported', `The boot code of an MBR is of no use on a GPT disk.`, {
      next: 'Leave --mbr away, or give --partition-table mbr too.',
    });
  }
  await requireTool('wimlib-imagex', 'wimtools');
  await requireTool('mkntfs', 'ntfs-3g');
  if (table === 'gpt') await requireTool('mkfs.vfat', 'dosfstools');
  const folder = await workFolder(options.workFolder, volumeBytes(image));
  try {
    const volume = { path: join(folder.path, 'volume'), startByte: table === 'gpt' ? EFI_START : MBR_START };
    await applyWim({ path, parts, image }, volume, options.signal);
    const partition = await rawPartition(volume.path, options.signal);
    const around = table === 'gpt' ? efiDiskAround : mbrDiskAround;
    const disk = await around(partition, { ...options, folder: folder.path, path, windows: image.windows });
    const source = {
      disks: [disk.disk],
      description: `image ${image.index} ${JSON.stringify(image.name)} of the WIM ${path}`,
      warnings: [...partition.warnings, ...disk.warnings],
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
    return { kind: 'source', source };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw noRoom(error, dirname(folder.path), 'import-no-room');
  }
}

/** Windows 8 was the first that came on machines with UEFI as a rule. */
function startsByEfi(windows: { readonly major: number; readonly minor: number } | null): boolean {
  return windows !== null && (windows.major > 6 || (windows.major === 6 && windows.minor >= 2));
}
