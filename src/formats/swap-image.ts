import type { PartitionLayout } from '../image/index.ts';
import type { PartitionImage } from './partition-image.ts';

const PAGE_BYTES = 4096;

/** Linux swap, in an MBR and in a GPT (UEFI Discoverable Partitions). */
const SWAP_TYPES = new Set(['82', '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F']);

export function isSwapType({ type }: PartitionLayout): boolean {
  return SWAP_TYPES.has(type);
}

/** mkswap makes none of less than ten pages. */
export function holdsSwap({ lengthBytes }: PartitionLayout): boolean {
  return lengthBytes >= 10 * PAGE_BYTES;
}

export interface SwapFacts {
  /** '' when it is not known; one that stands in /etc/fstab must stay. */
  readonly uuid: string;
  readonly label: string;
}

/**
 * An empty swap area, of which images keep only the UUID and the label: its header, as `mkswap` writes it for
 * pages of 4 KiB (linux/swap.h).
 *
 * @param lengthBytes as {@link holdsSwap} allows
 */
export function swapImage({ uuid, label }: SwapFacts, lengthBytes: number): PartitionImage {
  const page = Buffer.alloc(PAGE_BYTES);
  page.writeUInt32LE(1, 1024);
  page.writeUInt32LE(Math.min(0xffff_ffff, Math.floor(lengthBytes / PAGE_BYTES) - 1), 1028);
  const id = uuid.replaceAll('-', '');
  if (/^[0-9a-f]{32}$/i.test(id)) page.write(id, 1036, 'hex');
  page.write(label, 1052, 15, 'utf8');
  page.write('SWAPSPACE2', PAGE_BYTES - 10, 'latin1');
  return {
    description: 'swap area',
    filesystem: 'swap',
    lengthBytes,
    usedBytes: PAGE_BYTES,
    warnings: [],
    async *read(signal) {
      signal.throwIfAborted();
      yield { offset: 0, bytes: page };
    },
  };
}

/** What a swap area's first page says; empty texts when it is none. */
export function readSwapFacts(page: Buffer): SwapFacts {
  if (page.length < PAGE_BYTES || page.toString('latin1', PAGE_BYTES - 10, PAGE_BYTES) !== 'SWAPSPACE2') {
    return { uuid: '', label: '' };
  }
  const id = page.toString('hex', 1036, 1052);
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const label = page.toString('utf8', 1052, 1068).split('\0', 1)[0] ?? '';
  // It is written between quotation marks that other programs evaluate.
  return { uuid: /^[0-]*$/.test(uuid) ? '' : uuid, label: /^[\w .-]*$/.test(label) ? label : '' };
}
