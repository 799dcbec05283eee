import { MimeoError } from '../errors.ts';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  countUsedBytes,
  emptyMask,
  markUsed,
  type SourceRegion,
} from '../image/index.ts';
import type { ChunkMemory, ChunkRoom } from './crew/chunk-memory.ts';
import type { RawChunk } from './raw-chunk.ts';

/** The chunk that pieces are being copied into. */
interface OpenChunk {
  readonly mask: Uint8Array;
  readonly room: ChunkRoom;
}

/**
 * Cuts the pieces of somebody else's image into chunks; every chunk of the region comes, also the empty ones.
 * A block that a piece touches is used; what no piece covers in it is zeros.
 *
 * @throws MimeoError `import-damaged` when pieces overlap, come out of order or lie past the region's end, and
 * what the source throws
 */
export async function* cutChunks(
  region: SourceRegion,
  memory: ChunkMemory,
  signal: AbortSignal,
): AsyncGenerator<RawChunk> {
  const { lengthBytes } = region;
  const open = async (chunk: number): Promise<OpenChunk> => {
    const room = await memory.take(chunkLength(lengthBytes, chunk));
    room.bytes.fill(0);
    return { mask: emptyMask(), room };
  };
  let at = 0;
  let current: OpenChunk | null = null;
  let reached = 0;
  for await (const { offset, bytes } of region.read(signal)) {
    signal.throwIfAborted();
    checkPiece(region, offset, bytes.length, reached);
    reached = offset + bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const chunk = Math.floor((offset + done) / CHUNK_BYTES);
      for (; at < chunk; at++, current = null) yield closed(current);
      current ??= await open(chunk);
      const from = offset + done - chunk * CHUNK_BYTES;
      const part = bytes.subarray(done, done + CHUNK_BYTES - from);
      current.room.bytes.set(part, from);
      markUsed(current.mask, from, from + part.length);
      done += part.length;
    }
  }
  for (const count = chunkCount(lengthBytes); at < count; at++, current = null) yield closed(current);
}

function closed(chunk: OpenChunk | null): RawChunk {
  if (chunk === null) return { mask: emptyMask(), usedBytes: 0, room: null };
  const { mask, room } = chunk;
  return { mask, room, usedBytes: countUsedBytes(mask, room.length) };
}

function checkPiece(region: SourceRegion, offset: number, length: number, reached: number): void {
  const fault =
    offset < reached
      ? `after byte ${reached} was reached`
      : offset + length > region.lengthBytes
        ? `and reaches past its end at byte ${region.lengthBytes}`
        : Number.isSafeInteger(offset)
          ? null
          : 'which is no place';
  if (fault === null) return;
  const what = region.kind === 'gap' ? 'the boot loader gap' : `partition ${region.partition}`;
  throw new MimeoError(
    'import-damaged',
    `The image gives ${length} bytes for byte ${offset} of ${what}, ${fault}.`,
  );
}
