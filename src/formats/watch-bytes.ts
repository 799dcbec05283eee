import type { ByteRun, SourcePiece } from '../image/index.ts';

/**
 * Passes a stream on, and tells the bytes of one place in it as soon as they have all gone by. Never, when no
 * piece covers them.
 */
export async function* watchBytes(
  pieces: AsyncIterable<SourcePiece>,
  { start, length }: ByteRun,
  seen: (bytes: Buffer) => void,
): AsyncGenerator<SourcePiece> {
  const watched = Buffer.alloc(length);
  let have = 0;
  for await (const piece of pieces) {
    const from = Math.max(start, piece.offset);
    const to = Math.min(start + length, piece.offset + piece.bytes.length);
    if (from < to && have < length) {
      watched.set(piece.bytes.subarray(from - piece.offset, to - piece.offset), from - start);
      have += to - from;
      if (have === length) seen(watched);
    }
    yield piece;
  }
}
