import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MimeoError } from '../../errors.ts';
import { type DamagePlace, damaged } from '../damage.ts';
import type { Codec } from './codecs.ts';
import { throughProgram } from './through-program.ts';

/**
 * What compressed bytes decompress to, as a stream that waits for its reader.
 *
 * @param pieces the files that they are in, for errors
 * @throws MimeoError `import-damaged` with the offset in the decompressed bytes, `import-tool-missing`,
 * `import-unsupported`
 */
export async function* decompress(
  codec: Codec,
  stored: AsyncIterable<Buffer>,
  pieces: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const [path = ''] = pieces;
  let offset = 0;
  const at = (): DamagePlace => ({ path, offset, compressed: true, pieces });
  const plain =
    codec.program === null ? gunzip(codec, stored, path) : throughProgram(codec.program, stored, signal);
  try {
    for await (const bytes of plain) {
      signal.throwIfAborted();
      offset += bytes.length;
      yield bytes;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MimeoError && error.code !== 'command-failed') throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw damaged(at(), `its ${codec.name} compression cannot be undone from there on (${words})`, error);
  }
}

async function* gunzip(codec: Codec, stored: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  if (codec.name !== 'gz') {
    throw new MimeoError(
      'import-unsupported',
      `${path} is compressed with ${codec.name}, which cannot be streamed.`,
      {
        next: `Decompress it first (${codec.name === 'lrz' ? 'lrunzip' : codec.name}), then import what it gives.`,
      },
    );
  }
  const from = Readable.from(stored, { objectMode: true, highWaterMark: 1 });
  // Errors of either end come out of the iteration below, the pipeline only carries them there.
  const out = pipeline(from, createGunzip({ chunkSize: 1 << 18 }), () => undefined);
  for await (const bytes of out) {
    if (Buffer.isBuffer(bytes)) yield bytes;
  }
}
