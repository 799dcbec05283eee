import { BinaryWriter } from '../../binary.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  type Filesystem,
  type Region,
  usedRuns,
} from '../../image/index.ts';
import type { ReadChunk } from '../read-chunk.ts';
import { MAGIC, partcloneCrc, V2_HEAD_BYTES } from './partclone-head.ts';
import { PlainCrc } from './strip-checksum.ts';

/** The names that partclone gives to filesystems; the others have no program of its. */
const NAMES: Partial<Record<Filesystem, string>> = {
  ntfs: 'NTFS',
  ext: 'EXTFS',
  fat: 'FAT',
  exfat: 'EXFAT',
  xfs: 'XFS',
  btrfs: 'BTRFS',
  f2fs: 'F2FS',
};
/** partclone restores in buffers of 1 MiB, and stumbles over checksums that stand elsewhere. */
const STRIP_BYTES = 1 << 20;
const LARGEST_BLOCK = 4096;
const WRITER = '0.3.23';

/** Whether partclone has a format for what is in a region. */
export function hasPartcloneFormat(filesystem: Filesystem): boolean {
  return NAMES[filesystem] !== undefined;
}

/**
 * A region as a partclone image of version 2 with CRC32 checksums, as a stream.
 * @throws what `chunk` throws; the signal's reason
 */
export async function* writePartclone(
  region: Region,
  chunk: ReadChunk,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const blockBytes = blockSizeFor(region.lengthBytes);
  const bits = bitmapOf(region, blockBytes);
  yield head(region, blockBytes, countBits(bits));
  yield bits;
  yield littleEndian(partcloneCrc(bits));
  const checksum = new PlainCrc();
  let left = STRIP_BYTES;
  for await (const run of usedBytes(region, chunk, signal)) {
    for (let at = 0; at < run.length; ) {
      const part = run.subarray(at, at + Math.min(left, run.length - at));
      checksum.update(part);
      yield part;
      at += part.length;
      left -= part.length;
      if (left > 0) continue;
      yield checksum.digest();
      checksum.reset();
      left = STRIP_BYTES;
    }
  }
  if (left < STRIP_BYTES) yield checksum.digest();
}

/** The used runs of every chunk, in order. */
async function* usedBytes(region: Region, chunk: ReadChunk, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { chunks, lengthBytes } = region;
  for (let i = 0; i < chunks.count; i++) {
    signal.throwIfAborted();
    const id = chunks.id(i);
    if (id === null) continue;
    const length = chunkLength(lengthBytes, i);
    const bytes = await chunk(id, length);
    for (const run of usedRuns(chunks.mask(i), length))
      yield bytes.subarray(run.start, run.start + run.length);
  }
}

/** The largest block of which the region has a whole number: partclone knows no shorter last one. */
function blockSizeFor(lengthBytes: number): number {
  let size = LARGEST_BLOCK;
  while (lengthBytes % size !== 0) size /= 2;
  return size;
}

function bitmapOf({ chunks, lengthBytes }: Region, blockBytes: number): Buffer {
  const bits = Buffer.alloc(Math.ceil(lengthBytes / blockBytes / 8));
  for (let i = 0; i < chunkCount(lengthBytes); i++) {
    if (chunks.id(i) === null) continue;
    for (const { start, length } of usedRuns(chunks.mask(i), chunkLength(lengthBytes, i))) {
      const first = (i * CHUNK_BYTES + start) / blockBytes;
      for (let block = first; block < first + length / blockBytes; block++) {
        const at = Math.floor(block / 8);
        bits[at] = (bits[at] ?? 0) | (1 << (block % 8));
      }
    }
  }
  return bits;
}

function countBits(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function head({ filesystem, lengthBytes }: Region, blockBytes: number, used: number): Buffer {
  const bytes = new BinaryWriter(V2_HEAD_BYTES)
    .bytes(padded(MAGIC, 16))
    .bytes(padded(WRITER, 14))
    .bytes(padded('0002', 4))
    .u16le(0xc0de)
    .bytes(padded(NAMES[filesystem] ?? 'raw', 16))
    .u64le(lengthBytes)
    .u64le(lengthBytes / blockBytes)
    .u64le(used)
    .u64le(used)
    .u32le(blockBytes)
    .u32le(18) // bytes of what follows, without the checksum
    .u16le(2) // version of the format
    .u16le(64) // bits of the machine
    .u16le(0x20) // CRC32
    .u16le(4)
    .u32le(STRIP_BYTES / blockBytes)
    .u8(1) // each checksum starts anew
    .u8(1) // one bit per block
    .toBuffer();
  return Buffer.concat([bytes, littleEndian(partcloneCrc(bytes))]);
}

function padded(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.write(text, 'latin1');
  return bytes;
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
