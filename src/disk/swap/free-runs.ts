import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { parseSwapHeader } from './swap-header.ts';

const LARGEST_PAGE_BYTES = 65_536;

/**
 * A swap area is its header page, which holds label, UUID and the list of bad pages; all else is free.
 * @throws MimeoError `volume-damaged` when it has no header, `volume-hibernated` when a system sleeps in it
 */
export async function freeRunsOfSwap(read: VolumeReader, lengthBytes: number): Promise<ByteRun[]> {
  const header = parseSwapHeader(await read(0, Math.min(LARGEST_PAGE_BYTES, lengthBytes)));
  if (header === null) throw new MimeoError('volume-damaged', 'The swap area has no header.');
  if (header.suspended) {
    throw new MimeoError('volume-hibernated', 'A Linux system sleeps in the swap area.');
  }
  return [{ start: header.pageBytes, length: lengthBytes - header.pageBytes }];
}
