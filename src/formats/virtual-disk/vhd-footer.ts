import { stat } from 'node:fs/promises';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import { readRange } from '../read-range.ts';

export const VHD_FOOTER_BYTES = 512;
const DISK_TYPES: Readonly<Record<number, VhdFooter['type']>> = {
  2: 'fixed',
  3: 'dynamic',
  4: 'differencing',
};

/** The footer of a VHD (Microsoft's "Virtual Hard Disk Image Format Specification"), big-endian. */
export interface VhdFooter {
  readonly diskBytes: number;
  readonly type: 'fixed' | 'dynamic' | 'differencing' | null;
  readonly checksumHolds: boolean;
}

/** Null when it is none. */
export function parseVhdFooter(bytes: Buffer): VhdFooter | null {
  if (bytes.length < VHD_FOOTER_BYTES || bytes.toString('latin1', 0, 8) !== 'conectix') return null;
  let sum = 0;
  for (let i = 0; i < VHD_FOOTER_BYTES; i++) if (i < 64 || i >= 68) sum += bytes[i] ?? 0;
  return {
    diskBytes: Number(bytes.readBigUInt64BE(48)),
    type: DISK_TYPES[bytes.readUInt32BE(60)] ?? null,
    checksumHolds: ~sum >>> 0 === bytes.readUInt32BE(64),
  };
}

/**
 * Looks whether a VHD can be read: whole to its footer, and no difference to another disk.
 *
 * @returns its footer
 * @throws MimeoError `import-damaged`, `import-unsupported`
 */
export async function checkVhd(path: string): Promise<VhdFooter> {
  const { size } = await stat(path);
  const at = Math.max(0, size - VHD_FOOTER_BYTES);
  const place = { path, offset: at, compressed: false };
  const footer = parseVhdFooter(await readRange(path, at, VHD_FOOTER_BYTES, 'the VHD footer'));
  if (footer === null) {
    const head = parseVhdFooter(await readRange(path, 0, VHD_FOOTER_BYTES, 'the copy of the VHD footer'));
    if (head?.type === 'differencing') throw differencing(path);
    throw damaged(place, 'the VHD footer that must stand there is not there');
  }
  if (!footer.checksumHolds) throw damaged(place, 'the checksum of the VHD footer is wrong');
  if (footer.type === 'differencing') throw differencing(path);
  if (footer.type === null) throw damaged(place, 'the VHD footer names a type of disk that there is not');
  if (footer.type === 'fixed' && footer.diskBytes > at) {
    throw damaged(place, `the disk of ${footer.diskBytes} bytes should end there`);
  }
  return footer;
}

export function differencing(path: string): MimeoError {
  return new MimeoError(
    'import-unsupported',
    `${path} is a differencing disk: it holds only what changed since its parent disk.`,
    {
      next: 'Merge it with its parent first (Hyper-V: Edit Disk, Merge; or Merge-VHD), then import the result.',
    },
  );
}
