import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { MimeoError } from '../errors.ts';
import { CHUNK_BYTES, type ChunkId, chunkIdOfAsync } from '../image/index.ts';

const decompress = promisify(zstdDecompress);

/** No frame is larger than this: zstd's bound for 1 MiB that does not compress, rounded up. */
export const MAX_FRAME_BYTES = CHUNK_BYTES + 8192;

const ZSTD_MAGIC = 0xfd2fb528;

/**
 * Decompresses a chunk's frame and checks that it is what its name says.
 * @returns the raw bytes, at most 1 MiB
 * @throws MimeoError `chunk-damaged`, also for bytes after the frame and for frames that would grow past 1 MiB
 */
export async function openFrame(id: ChunkId, frame: Uint8Array): Promise<Buffer> {
  checkShape(id, frame);
  let raw: Buffer;
  try {
    // With the default piece of 16 KiB, decompression takes three times as long.
    raw = await decompress(frame, { maxOutputLength: CHUNK_BYTES, chunkSize: CHUNK_BYTES + 1024 });
  } catch (error) {
    throw damagedChunk(
      id,
      `it does not decompress to 1 MiB or less (${error instanceof Error ? error.message : error})`,
    );
  }
  const hash = await chunkIdOfAsync(raw);
  if (hash !== id) throw damagedChunk(id, `its content has the hash ${hash}`);
  return raw;
}

/**
 * Checks what can be seen without decompressing: exactly one zstd frame, not larger than a chunk can give.
 * @throws MimeoError `chunk-damaged`
 */
export function checkShape(id: ChunkId, frame: Uint8Array): void {
  if (frame.length > MAX_FRAME_BYTES) throw damagedChunk(id, `its frame has ${frame.length} bytes`);
  if (frameLength(frame) !== frame.length) throw damagedChunk(id, 'it is not exactly one zstd frame');
}

function damagedChunk(id: ChunkId, why: string): MimeoError {
  return new MimeoError('chunk-damaged', `The chunk ${id} is damaged: ${why}.`);
}

/**
 * Where the zstd frame at the start of `bytes` ends, from its block headers (RFC 8878); null when there is
 * no whole frame. The decompressor itself does not say whether anything follows.
 */
export function frameLength(bytes: Uint8Array): number | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 6 || view.readUInt32LE(0) !== ZSTD_MAGIC) return null;
  const descriptor = view.readUInt8(4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const checksum = (descriptor & 4) === 0 ? 0 : 4;
  let at = 5 + (singleSegment ? 0 : 1) + dictionary + contentSize;
  for (;;) {
    if (at + 3 > view.length) return null;
    const header = view.readUIntLE(at, 3);
    const type = (header >> 1) & 3;
    if (type === 3) return null;
    at += 3 + (type === 1 ? 1 : header >> 3);
    if ((header & 1) === 1) break;
  }
  return at + checksum <= view.length ? at + checksum : null;
}
