import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { CHUNK_BYTES } from '../image/index.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Output buffers of a whole chunk: the default of 16 KiB halves the speed. */
const OUTPUT_BYTES = CHUNK_BYTES + 4096;

/** One zstd frame of a chunk, made on libuv's threads. */
export function compressChunk(bytes: Uint8Array): Promise<Buffer> {
  return compress(bytes, {
    chunkSize: OUTPUT_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
    // Known before, the size fits zstd's tables and window to it: a sixth less work.
    pledgedSrcSize: bytes.length,
  });
}

/**
 * The chunk in a zstd frame. A frame that would become larger than a chunk is an error, whatever it claims,
 * so a hostile one cannot fill the memory.
 */
export function decompressChunk(frame: Uint8Array): Promise<Buffer<ArrayBuffer>> {
  return decompress(frame, { chunkSize: OUTPUT_BYTES, maxOutputLength: CHUNK_BYTES });
}
