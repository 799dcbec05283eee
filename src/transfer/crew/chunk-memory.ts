import { CHUNK_BYTES } from '../../image/index.ts';

/** Room beside each chunk for a frame of it: zstd's bound for 1 MiB that does not compress is less. */
export const FRAME_ROOM = 65_536 + CHUNK_BYTES;
const ROOM = CHUNK_BYTES + FRAME_ROOM;

/**
 * Room for so many chunks that all threads of a crew see: pages of their own, as disks want them that are read
 * and written past the kernel's cache. Whoever wants room when there is none waits, so this is also what bounds
 * a pipeline's memory.
 */
export class ChunkMemory {
  readonly buffer: SharedArrayBuffer;
  readonly #free: number[];
  readonly #waiting: ((at: number) => void)[] = [];

  constructor(chunks: number) {
    const bytes = chunks * ROOM;
    // One that could grow is given pages of its own; a plain one begins somewhere within a page.
    this.buffer = new SharedArrayBuffer(bytes, { maxByteLength: bytes });
    this.#free = Array.from({ length: chunks }, (_, i) => i * ROOM).reverse();
  }

  /** Room for a chunk; it holds anything. */
  async take(length: number): Promise<ChunkRoom> {
    const at = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
    let taken = true;
    return {
      at,
      length,
      bytes: Buffer.from(this.buffer, at, length),
      frameAt: at + CHUNK_BYTES,
      frame: Buffer.from(this.buffer, at + CHUNK_BYTES, FRAME_ROOM),
      release: () => {
        if (!taken) return;
        taken = false;
        const next = this.#waiting.shift();
        if (next === undefined) this.#free.push(at);
        else next(at);
      },
    };
  }
}

/** Room of one chunk. */
export interface ChunkRoom {
  /** From the start of the crew's memory. */
  readonly at: number;
  readonly length: number;
  readonly bytes: Buffer<SharedArrayBuffer>;
  /** For a compressed form of it, of at most {@link FRAME_ROOM} bytes; memory that is not used costs none. */
  readonly frameAt: number;
  readonly frame: Buffer<SharedArrayBuffer>;
  /** Nobody uses it any more; may be called again. */
  readonly release: () => void;
}
