import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { CHUNK_BYTES } from '../image/index.ts';

const decompress = promisify(zstdDecompress);

/** Output buffers of a whole chunk: with the default of 16 KiB it takes three times as long. */
const OUTPUT_BYTES = CHUNK_BYTES + 4096;

/**
 * The chunk in a zstd frame. A frame that would become larger than a chunk is an error, whatever it claims,
 * so a hostile one cannot fill the memory.
 */
export function decompressChunk(frame: Uint8Array): Promise<Buffer<ArrayBuffer>> {
  return decompress(frame, { chunkSize: OUTPUT_BYTES, maxOutputLength: CHUNK_BYTES });
}
