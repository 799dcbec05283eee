import type { ChunkId } from '../../image/index.ts';
import type { ChunkSink, ChunkSource } from '../ports.ts';

/** Chunks in memory, as sink and source, with a count of what was done and room for mischief. */
export class Depot implements ChunkSink, ChunkSource {
  readonly frames = new Map<ChunkId, Buffer>();
  readonly puts: ChunkId[] = [];
  readonly fetches: ChunkId[] = [];
  readonly bad: { id: ChunkId; words: string }[] = [];
  /** What a fetch gives instead of the stored frame; may throw. */
  answer: (frame: Buffer, id: ChunkId, fetches: number) => Buffer | Promise<Buffer> = (frame) => frame;

  missing(ids: readonly ChunkId[], signal: AbortSignal): Promise<ChunkId[]> {
    signal.throwIfAborted();
    return Promise.resolve(ids.filter((id) => !this.frames.has(id)));
  }

  put(id: ChunkId, frame: Buffer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.puts.push(id);
    this.frames.set(id, frame);
    return Promise.resolve();
  }

  async fetch(id: ChunkId, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    this.fetches.push(id);
    const frame = this.frames.get(id);
    if (frame === undefined) throw new Error(`no chunk ${id}`);
    return await this.answer(frame, id, this.fetches.length);
  }

  reportBad(id: ChunkId, words: string): Promise<void> {
    this.bad.push({ id, words });
    return Promise.resolve();
  }
}
