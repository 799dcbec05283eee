import { constants, zstdCompressSync } from 'node:zlib';

/** One zstd frame, padded so that another archive may follow. Its window fits what the kernel allows. */
export function compressArchive(archive: Buffer): Buffer {
  const packed = zstdCompressSync(archive, {
    params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_windowLog]: 23 },
  });
  return Buffer.concat([packed, Buffer.alloc((4 - (packed.length % 4)) % 4)]);
}
