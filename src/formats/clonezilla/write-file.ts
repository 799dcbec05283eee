import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

export type ExportCodec = 'zst' | 'gz';

const LEVEL = { zst: 3, gz: 6 } as const;

/**
 * Writes a stream into a new file, compressed or (null) as it is, and syncs it.
 * @returns the SHA-256 of the file, hex
 */
export async function writeFileSynced(
  path: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  codec: ExportCodec | null,
  signal: AbortSignal,
): Promise<string> {
  await using file = await open(path, 'wx');
  const hash = createHash('sha256');
  const sink = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    for await (const part of bytes) {
      hash.update(part);
      await file.writeFile(part);
    }
  };
  const source = Readable.from(content, { objectMode: true, highWaterMark: 1 });
  if (codec === null) await pipeline(source, sink, { signal });
  else await pipeline(source, compressor(codec), sink, { signal });
  await file.sync();
  return hash.digest('hex');
}

function compressor(codec: ExportCodec): ReturnType<typeof createGzip | typeof createZstdCompress> {
  if (codec === 'gz') return createGzip({ level: LEVEL.gz, chunkSize: 1 << 18 });
  return createZstdCompress({
    chunkSize: 1 << 18,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL.zst, [constants.ZSTD_c_checksumFlag]: 1 },
  });
}
