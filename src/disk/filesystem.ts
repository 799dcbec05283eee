import type { Filesystem } from '../image/index.ts';
import { lvmLabelSector } from './lvm/label.ts';
import { ENCRYPTED, FOREIGN, hasSignature, MEMBERS } from './signatures.ts';
import { parseSwapHeader } from './swap/swap-header.ts';
import { volumeLabel } from './volume-label.ts';

/** What a partition holds. */
export interface Recognised {
  readonly filesystem: Filesystem;
  /** '' when it has none. */
  readonly label: string;
  /** What a technician should know of it; null when there is nothing to say. */
  readonly note: string | null;
}

/** So many bytes from the partition's start are looked at (btrfs keeps its superblock at 64 KiB). */
export const SNIFF_BYTES = 68 * 1024;

/**
 * Recognises a filesystem by its superblock.
 * @param head the partition's first {@link SNIFF_BYTES} bytes (fewer when it is shorter)
 */
export function recogniseFilesystem(head: Buffer): Recognised {
  const encrypted = ENCRYPTED.find((signature) => hasSignature(head, signature));
  if (encrypted !== undefined) return whole(encrypted.name);
  if (has(head, 3, 'NTFS    ') && bootSignature(head)) return found('ntfs', '');
  if (has(head, 3, 'EXFAT   ') && bootSignature(head)) return found('exfat', '');
  if (isFat(head)) return found('fat', fatLabel(head));
  if (lvmLabelSector(head) >= 0) return found('lvm', '');
  const member = MEMBERS.find((signature) => hasSignature(head, signature));
  if (member !== undefined) return whole(member.name);
  if (isExt(head)) return found('ext', text(head, 0x478, 16));
  if (has(head, 0, 'XFSB')) return found('xfs', text(head, 108, 12));
  if (has(head, 0x10040, '_BHRfS_M')) return found('btrfs', text(head, 0x1012b, 256));
  if (has(head, 0x400, '\x10\x20\xf5\xf2')) return found('f2fs', f2fsLabel(head));
  const swap = parseSwapHeader(head);
  if (swap !== null) return found('swap', swap.label);
  const foreign = FOREIGN.find((signature) => hasSignature(head, signature));
  return foreign === undefined ? found('raw', '') : whole(foreign.name);
}

/** A content that cannot be read, which is why all of it is copied, and that is said aloud. */
export function whole(name: string): Recognised {
  return { filesystem: 'raw', label: '', note: `${name}: it is stored whole, free space included` };
}

function found(filesystem: Filesystem, label: string): Recognised {
  return { filesystem, label: volumeLabel(label), note: null };
}

function has(head: Buffer, offset: number, magic: string): boolean {
  return head.toString('latin1', offset, offset + magic.length) === magic;
}

function bootSignature(head: Buffer): boolean {
  return head.length >= 512 && head.readUInt16LE(510) === 0xaa55;
}

/** Its mark is two bytes long, so two more fields must make sense: block size and revision. */
function isExt(head: Buffer): boolean {
  return has(head, 0x438, '\x53\xef') && head.readUInt32LE(0x418) <= 6 && head.readUInt32LE(0x44c) <= 1;
}

/** FAT's own mark is a text that drivers ignore, so the fields they need must make sense too. */
function isFat(head: Buffer): boolean {
  if (!bootSignature(head) || !(has(head, 54, 'FAT') || has(head, 82, 'FAT32'))) return false;
  const sectorBytes = head.readUInt16LE(11);
  const perCluster = head.readUInt8(13);
  return (
    [512, 1024, 2048, 4096].includes(sectorBytes) && perCluster > 0 && (perCluster & (perCluster - 1)) === 0
  );
}

function fatLabel(head: Buffer): string {
  const label = text(head, has(head, 82, 'FAT32') ? 71 : 43, 11).trimEnd();
  return label === 'NO NAME' ? '' : label;
}

/** In UTF-16, unlike all others'. */
function f2fsLabel(head: Buffer): string {
  return head.toString('utf16le', 0x47c, 0x47c + 1024).split('\0', 1)[0] ?? '';
}

function text(head: Buffer, offset: number, length: number): string {
  return head.toString('utf8', offset, offset + length).split('\0', 1)[0] ?? '';
}
