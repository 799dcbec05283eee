import type { ChunkId } from '../image/index.ts';

/** The raw bytes of a chunk, verified against its id: what exports are made of. */
export type ReadChunk = (id: ChunkId, length: number) => Promise<Buffer>;
