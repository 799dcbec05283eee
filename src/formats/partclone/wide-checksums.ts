import type { ByteStream } from '../codec/byte-stream.ts';
import type { PartcloneHead } from './partclone-head.ts';
import { FirstByteCrc } from './strip-checksum.ts';

const NARROW = 4;
const WIDE = 8;

/**
 * How many bytes follow each checksum of a version 1 image: none, or four where a 64-bit program wrote its
 * machine word. Only the second block's checksum can tell. The stream stands at the first block, and stays there.
 */
export async function bytesAfterChecksum(stream: ByteStream, head: PartcloneHead): Promise<number> {
  if (head.version !== 1) return 0;
  const { blockBytes } = head;
  const bytes = await stream.peek(2 * (blockBytes + WIDE));
  for (const width of [NARROW, WIDE]) {
    const crc = new FirstByteCrc(blockBytes);
    crc.update(bytes.subarray(0, blockBytes));
    const at = blockBytes + width;
    crc.update(bytes.subarray(at, at + blockBytes));
    const stored = bytes.subarray(at + blockBytes, at + blockBytes + NARROW);
    if (stored.equals(crc.digest())) return width - NARROW;
  }
  // A single block: what is left after it tells.
  return bytes.length === blockBytes + WIDE ? WIDE - NARROW : 0;
}
