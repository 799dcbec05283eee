/** The terms of one transfer. */
export interface TransferTerms {
  /** Bytes per block. */
  readonly blockSize: number;
  /** Blocks sent before an acknowledgment is waited for. */
  readonly windowSize: number;
  /** How long to wait before sending again, in ms. */
  readonly timeoutMs: number;
  /** The options to confirm in an OACK; empty: the client asked for none and gets block 1 at once. */
  readonly accepted: ReadonlyMap<string, string>;
}

/** A block must fit one Ethernet frame with IP (20) and UDP/TFTP (12) headers, and leave room for a VLAN or PPPoE tag. */
const LARGEST_BLOCK = 1450;
/** More would only overflow the small receive buffers of boot ROMs. */
const LARGEST_WINDOW = 16;
/** Where the client does not choose. */
export const DEFAULT_TIMEOUT_MS = 1000;

/**
 * Agrees on options [RFC 2347 to 2349, 7440]: what is out of range or unknown is left out of the answer,
 * which the RFCs define as declined.
 *
 * @param fileSize in bytes, told to clients that ask for `tsize`
 * @param timeoutMs how long to wait for an answer where the client does not choose
 */
export function negotiate(
  asked: ReadonlyMap<string, string>,
  fileSize: number,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): TransferTerms {
  const accepted = new Map<string, string>();
  const blockSize = inRange(asked.get('blksize'), 8, 65_464);
  if (blockSize !== null) accepted.set('blksize', String(Math.min(blockSize, LARGEST_BLOCK)));
  if (asked.has('tsize')) accepted.set('tsize', String(fileSize));
  const seconds = inRange(asked.get('timeout'), 1, 255);
  if (seconds !== null) accepted.set('timeout', String(seconds));
  const windowSize = inRange(asked.get('windowsize'), 1, 65_535);
  if (windowSize !== null) accepted.set('windowsize', String(Math.min(windowSize, LARGEST_WINDOW)));
  return {
    blockSize: blockSize === null ? 512 : Math.min(blockSize, LARGEST_BLOCK),
    windowSize: windowSize === null ? 1 : Math.min(windowSize, LARGEST_WINDOW),
    timeoutMs: seconds === null ? timeoutMs : seconds * 1000,
    accepted,
  };
}

function inRange(text: string | undefined, least: number, most: number): number | null {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
