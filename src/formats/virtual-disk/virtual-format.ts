import { stat } from 'node:fs/promises';
import { readRangeUpTo } from '../read-range.ts';
import { parseVhdFooter, VHD_FOOTER_BYTES } from './vhd-footer.ts';

/** What qemu calls the formats of virtual disks; `vpc` is Microsoft's VHD. */
export type VirtualFormat = 'qcow2' | 'vhdx' | 'vmdk' | 'vpc';

/** What technicians call them. */
export const FORMAT_NAMES: Readonly<Record<VirtualFormat, string>> = {
  qcow2: 'qcow2',
  vhdx: 'VHDX',
  vmdk: 'VMDK',
  vpc: 'VHD',
};

const MAGICS: readonly { readonly magic: string; readonly format: VirtualFormat }[] = [
  { magic: 'QFI\xfb', format: 'qcow2' },
  { magic: 'vhdxfile', format: 'vhdx' },
  { magic: 'KDMV', format: 'vmdk' },
  { magic: 'COWD', format: 'vmdk' },
  { magic: '\xbe\xba\xfe\xca', format: 'vmdk' },
  { magic: 'conectix', format: 'vpc' },
];

/**
 * The virtual disk format that a file's first bytes say it is. We decide, never qemu: it would take a raw disk
 * for whatever its owner wrote into the first sector.
 */
export function virtualFormatOf(head: Buffer): VirtualFormat | null {
  const found = MAGICS.find(({ magic }) => head.toString('latin1', 0, magic.length) === magic);
  if (found !== undefined) return found.format;
  return isVmdkDescriptor(head) ? 'vmdk' : null;
}

/** A text file that says where a VMDK's content is. */
export function isVmdkDescriptor(head: Buffer): boolean {
  return /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*?#[ \t]*Disk DescriptorFile[ \t]*\r?\n/i.test(
    head.toString('latin1', 0, 4096),
  );
}

/** A VHD of fixed size looks like a raw disk: it is told by the footer behind the disk. */
export async function hasVhdFooter(path: string): Promise<boolean> {
  const { size } = await stat(path);
  const footer = await readRangeUpTo(path, Math.max(0, size - VHD_FOOTER_BYTES), VHD_FOOTER_BYTES);
  const fields = parseVhdFooter(footer);
  return fields?.type === 'fixed' && fields.checksumHolds;
}
