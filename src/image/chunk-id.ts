import { hash, webcrypto } from 'node:crypto';
import { CHUNK_BYTES, type ChunkId } from './types.ts';

/** The hash that names chunks, as the index states it. */
export const HASH_ALGORITHM = 'sha256';
/** Bytes of a chunk id in its binary form. */
export const ID_BYTES = 32;

const CHUNK_ID = /^[0-9a-f]{64}$/;

/** The id of a chunk's raw bytes, whose unused blocks the caller has zeroed (see `applyMask`). */
export function chunkIdOf(maskedBytes: Uint8Array): ChunkId {
  return hash(HASH_ALGORITHM, maskedBytes, 'hex');
}

/**
 * The same id, computed on libuv's threads: half a millisecond to three milliseconds per chunk that a
 * server or a pipeline need not spend on its one JavaScript thread. The bytes are copied before it returns.
 */
export async function chunkIdOfAsync(maskedBytes: Uint8Array): Promise<ChunkId> {
  const { buffer, byteOffset, byteLength } = maskedBytes;
  const plain =
    buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : maskedBytes.slice();
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', plain)).toString('hex');
}

/** Whether a text is a chunk id: 64 lower-case hex digits, nothing else; safe as a file name. */
export function isChunkId(text: string): boolean {
  return CHUNK_ID.test(text);
}

/** The id of a whole chunk of zeros: nobody needs to fetch it, and a blank disk holds it, which says nothing. */
export const ZERO_CHUNK_ID: ChunkId = chunkIdOf(new Uint8Array(CHUNK_BYTES));
