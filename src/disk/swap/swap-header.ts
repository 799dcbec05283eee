/** Where the signature of a Linux swap area may lie: the last ten bytes of its first page, of any page size. */
const PAGE_BYTES = [4096, 8192, 16_384, 32_768, 65_536];
const SIGNATURE_BYTES = 10;
/** What takes the signature's place while a system sleeps in the area (kernel, uswsusp; TuxOnIce used more). */
const SUSPENDED = ['S1SUSPEND\0', 'S2SUSPEND\0', 'ULSUSPEND\0', 'LINHIB0001'];
const LABEL_AT = 1052;
const LABEL_BYTES = 16;

/** The header page of a swap area of version 1 (linux/swap.h, `union swap_header`). */
export interface SwapHeader {
  readonly pageBytes: number;
  /** '' when it has none. */
  readonly label: string;
  /** A system was suspended to this area and has not been resumed. */
  readonly suspended: boolean;
}

/**
 * @param head the area's first 64 KiB (fewer when it is shorter)
 * @returns null when this is no swap area
 */
export function parseSwapHeader(head: Buffer): SwapHeader | null {
  for (const pageBytes of PAGE_BYTES) {
    if (pageBytes > head.length) return null;
    const signature = head.toString('latin1', pageBytes - SIGNATURE_BYTES, pageBytes);
    const suspended = SUSPENDED.includes(signature);
    if (!suspended && signature !== 'SWAPSPACE2') continue;
    const label = head.toString('utf8', LABEL_AT, LABEL_AT + LABEL_BYTES).split('\0', 1)[0] ?? '';
    return { pageBytes, label, suspended };
  }
  return null;
}
