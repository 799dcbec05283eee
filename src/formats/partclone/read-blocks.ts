import type { SourcePiece } from '../../image/index.ts';
import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';
import { type BlockMap, usedBlockRuns } from './block-map.ts';
import type { PartcloneHead } from './partclone-head.ts';
import { stripChecksumOf } from './strip-checksum.ts';

const MOST_PIECE_BYTES = 1 << 20;

/**
 * Reads the blocks, which follow each other without their gaps, a checksum after every strip of them and after
 * a last one that is shorter.
 *
 * @param extra bytes after each checksum that are not part of it (images of version 1 from 64-bit programs)
 * @throws MimeoError `import-damaged` at the strip whose checksum is wrong
 */
export async function* readBlocks(
  stream: ByteStream,
  head: PartcloneHead,
  map: BlockMap,
  extra: number,
): AsyncGenerator<SourcePiece> {
  const { blockBytes, checksumBytes } = head;
  const checksum = stripChecksumOf(head);
  const stripBytes = checksum === null ? Number.POSITIVE_INFINITY : head.blocksPerChecksum * blockBytes;
  // These take bytes as they come; the others want whole blocks, which costs a copy now and then.
  const wholeBlocks = head.checksum !== 'none' && head.checksum !== 'crc32';
  let stripStart = stream.position;
  let left = stripBytes;
  const verify = async (): Promise<void> => {
    if (checksum === null) return;
    const end = stream.position;
    const stored = await stream.read(checksumBytes, 'a checksum');
    const computed = checksum.digest();
    if (!stored.equals(computed)) {
      const [has, should] = [computed.toString('hex'), stored.toString('hex')];
      throw damaged(
        stream.place(stripStart),
        `the ${end - stripStart} bytes from there have the checksum ${has}, it should be ${should}`,
      );
    }
    if (head.reseed) checksum.reset();
    await stream.skip(extra, 'a checksum');
    stripStart = stream.position;
    left = stripBytes;
  };
  for (const run of usedBlockRuns(map)) {
    const end = (run.first + run.count) * blockBytes;
    for (let at = run.first * blockBytes; at < end; ) {
      const what = `block ${Math.floor(at / blockBytes)}`;
      const wanted = Math.min(end - at, MOST_PIECE_BYTES, left);
      const bytes = wholeBlocks
        ? await stream.read(Math.min(Math.max(wanted - (wanted % blockBytes), blockBytes), end - at), what)
        : await stream.readPart(wanted, what);
      checksum?.update(bytes);
      yield { offset: at, bytes };
      at += bytes.length;
      left -= bytes.length;
      if (left === 0) await verify();
    }
  }
  if (left !== stripBytes) await verify();
}
