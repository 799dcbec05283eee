import { recogniseFilesystem } from '../../disk/index.ts';
import type { ImportFormat } from '../import.ts';
import { otherFormat } from '../other-format.ts';
import { openRaw } from './open-raw.ts';
import { openVirtualDisk } from './open-virtual-disk.ts';
import { hasVhdFooter } from './virtual-format.ts';

/** A byte for byte copy of a disk or of one partition (dd), compressed or not; and a VHD of fixed size. */
export const rawFormat: ImportFormat = {
  name: 'raw disk or partition',
  recognises: (place) => place.kind === 'file' && looksRaw(place.head),
  open: async (place, options) => {
    if (place.kind !== 'file') throw new TypeError('a raw disk is a file');
    const { format } = options;
    const mayBeVhd = (format === undefined || format === 'vhd') && place.file.codec === 'none';
    const vhd = mayBeVhd && (await hasVhdFooter(place.path));
    if (!vhd && format !== undefined && format !== 'raw')
      throw otherFormat(place.path, format, 'raw disk or partition');
    if (vhd) return await openVirtualDisk(place.path, 'vpc', options);
    return await openRaw(place, options);
  },
};

function looksRaw(head: Buffer): boolean {
  return (
    (head.length >= 512 && head.readUInt16LE(510) === 0xaa55) ||
    recogniseFilesystem(head).filesystem !== 'raw'
  );
}
