import { crc32 } from 'node:zlib';
import type { SourcePiece } from '../../image/index.ts';
import { damaged } from '../damage.ts';
import type { PartimageHead } from './partimage-head.ts';
import type { SummedStream } from './summed-stream.ts';

/** After so many bytes of data there is a check of them: a mark, their CRC-32, the number of a block. */
const CHECK_EVERY = 65_536;
const CHECK_BYTES = 16;
const CHECK_MARK = 'CHK\0';
const TAIL_BYTES = 16_384;

/**
 * Reads the used blocks up to the end of the image, each 64 KiB of them checked before they are given out.
 * @throws MimeoError `import-damaged`
 */
export async function* readData(summed: SummedStream, head: PartimageHead): AsyncGenerator<SourcePiece> {
  const { blockBytes } = head;
  /** What was read and not checked yet, and where it belongs. */
  const waiting = Buffer.alloc(CHECK_EVERY);
  let [filled, used] = [0, 0];
  let runs: { offset: number; from: number; length: number }[] = [];
  for (const run of usedRuns(head)) {
    used += run.count;
    for (let done = 0, length = run.count * blockBytes; done < length; ) {
      const part = Math.min(length - done, CHECK_EVERY - filled);
      waiting.set(await summed.read(part, `block ${run.block + Math.floor(done / blockBytes)}`), filled);
      runs.push({ offset: run.block * blockBytes + done, from: filled, length: part });
      filled += part;
      done += part;
      if (filled < CHECK_EVERY) continue;
      await expectCheck(summed, waiting);
      for (const { offset, from, length: size } of runs)
        yield { offset, bytes: waiting.subarray(from, from + size) };
      [filled, runs] = [0, []];
    }
  }
  if (used !== head.usedBlocks) {
    throw damaged(
      summed.stream.place(),
      `${used} blocks are marked as used, and the header speaks of ${head.usedBlocks}`,
    );
  }
  await expectTail(summed);
  for (const { offset, from, length } of runs) yield { offset, bytes: waiting.subarray(from, from + length) };
}

async function expectCheck(summed: SummedStream, data: Buffer): Promise<void> {
  const at = summed.stream.position;
  const check = await summed.read(CHECK_BYTES, 'the check of a part of the data');
  if (check.toString('latin1', 0, 4) !== CHECK_MARK) {
    throw damaged(summed.stream.place(at), 'the check of the data before is not there');
  }
  if (check.readUInt32LE(4) !== crc32(data)) {
    throw damaged(
      summed.stream.place(at - data.length),
      `the checksum of the ${data.length} bytes there is wrong`,
    );
  }
}

/** The tail has the sum of all bytes before it: the only check of what came after the last full 64 KiB. */
async function expectTail(summed: SummedStream): Promise<void> {
  await summed.expect('MAGIC-BEGIN-TAIL');
  const { sum } = summed;
  const at = summed.stream.position;
  const tail = await summed.stream.read(TAIL_BYTES, "the image's tail");
  if (tail.readBigUInt64LE(0) !== BigInt(sum)) {
    throw damaged(
      summed.stream.place(at),
      `the sum of all bytes before is ${sum}, and ${tail.readBigUInt64LE(0)} stands there`,
    );
  }
  await summed.stream.expectEnd();
}

/** The used blocks, those that follow each other together. */
export function* usedRuns({ map, blocks }: PartimageHead): Generator<{ block: number; count: number }> {
  const isUsed = (block: number): boolean => (((map[block >>> 3] ?? 0) >> (block & 7)) & 1) === 1;
  for (let block = 0; block < blocks; ) {
    if ((block & 7) === 0 && map[block >>> 3] === 0) {
      block += 8;
      continue;
    }
    if (!isUsed(block)) {
      block++;
      continue;
    }
    const start = block;
    while (block < blocks && isUsed(block)) block++;
    yield { block: start, count: block - start };
  }
}
