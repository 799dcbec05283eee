import { MimeoError } from '../../errors.ts';
import type { Import, ImportFormat, ImportFormatName, ImportOptions } from '../import.ts';
import { otherFormat } from '../other-format.ts';
import type { FilePlace } from '../place.ts';
import { openRaw } from './open-raw.ts';
import { openVirtualDisk } from './open-virtual-disk.ts';
import { FORMAT_NAMES, type VirtualFormat, virtualFormatOf } from './virtual-format.ts';

/** Virtual disks: qcow2, VHD, VHDX, VMDK. */
export const virtualDiskFormat: ImportFormat = {
  name: 'virtual disk (qcow2, VHD, VHDX, VMDK)',
  recognises: (place) => place.kind === 'file' && virtualFormatOf(place.storedHead) !== null,
  open: async (place, options) => {
    if (place.kind !== 'file') throw new TypeError('a virtual disk is a file');
    return await openAs(place, virtualFormatOf(place.storedHead), options);
  },
};

/** What technicians call a format, as qemu calls it. */
function wantedFormat(name: ImportFormatName): VirtualFormat | 'raw' {
  return name === 'vhd' ? 'vpc' : name;
}

async function openAs(
  place: FilePlace,
  found: VirtualFormat | null,
  options: ImportOptions,
): Promise<Import> {
  const wanted = options.format === undefined ? null : wantedFormat(options.format);
  if (wanted === 'raw') return await openRaw(place, options);
  if (found === null) throw new TypeError('no virtual disk');
  if (options.format !== undefined && wanted !== found) {
    throw otherFormat(place.path, options.format, `${FORMAT_NAMES[found]} disk`);
  }
  if (wanted === null && place.storedHead.length >= 512 && place.storedHead.readUInt16LE(510) === 0xaa55) {
    // Whoever writes a raw disk's first sector could have it read as something else.
    throw new MimeoError(
      'import-unsupported',
      `${place.path} begins like a ${found} disk and like the boot sector of a raw one.`,
      { next: `Say which it is: --format raw or --format ${found === 'vpc' ? 'vhd' : found}.` },
    );
  }
  return await openVirtualDisk(place.path, found, options);
}
