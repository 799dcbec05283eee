import type { ChunkId } from '../image/index.ts';
import type { ChunkRoom } from './crew/chunk-memory.ts';
import { nameChunk } from './crew/chunk-work.ts';
import type { Crew } from './crew/crew.ts';

/** A chunk of a region that is to be stored, before it has a name. */
export interface RawChunk {
  readonly mask: Uint8Array;
  /** Bytes in used blocks. */
  readonly usedBytes: number;
  /** The content, unused blocks zeroed, in the crew's memory; null when nothing is used. */
  readonly room: ChunkRoom | null;
}

export interface NamedChunk extends RawChunk {
  /** Null when nothing of it is used. */
  readonly id: ChunkId | null;
}

/** Chunks that are read and hashed before they are asked for: the disk does not wait for the processor. */
export const READ_AHEAD = 8;

export async function named(crew: Crew, chunk: RawChunk): Promise<NamedChunk> {
  return { ...chunk, id: chunk.room === null ? null : await nameChunk(crew, chunk.room) };
}
