import type { ImportedView } from '../../api/index.ts';
import { type ChunkId, encodeIndex, type ImageIndex } from '../../image/index.ts';
import type { ChunkSink, TransferProgress } from '../../transfer/index.ts';
import type { Session } from '../session.ts';
import { WorkLine } from '../watch/work-line.ts';

/** How often the server hears of an upload at the least. */
const AWAKE_MS = 60_000;

/** What an upload became, and what it cost. */
export interface Uploaded {
  readonly image: string;
  readonly version: number;
  readonly usedBytes: number;
  /** Compressed bytes of all its chunks. */
  readonly storedBytes: number;
  readonly chunks: number;
  /** Chunks that the store did not have yet, and their compressed bytes. */
  readonly newChunks: number;
  readonly newBytes: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Reads something into chunks and gives those that the sink lacks to it. */
export type ReadImage = (work: {
  readonly sink: ChunkSink;
  readonly onProgress: (progress: TransferProgress) => void;
}) => Promise<{ readonly index: ImageIndex; readonly warnings: readonly string[] }>;

/**
 * Makes an image of what `read` reads: chunks first, the index last. Whatever goes wrong on the way, Ctrl-C included,
 * leaves nothing in the store.
 */
export async function upload(session: Session, image: string, read: ReadImage): Promise<Uploaded> {
  const { imports } = session.api;
  const start = session.now();
  const id = await imports.open(image);
  const awake = setInterval(() => void keepAwake(session, id), AWAKE_MS);
  try {
    const sink = new UploadSink(session, id);
    const line = new WorkLine(session);
    const { index, warnings } = await read({ sink, onProgress: (progress) => line.tell(progress) });
    session.signal.throwIfAborted();
    const committed: ImportedView = await imports.commit(id, encodeIndex(index));
    return {
      image: committed.name,
      version: committed.version,
      usedBytes: committed.usedBytes,
      storedBytes: committed.storedBytes,
      chunks: sink.chunks,
      newChunks: sink.newChunks,
      newBytes: sink.newBytes,
      seconds: (session.now() - start) / 1000,
      warnings,
    };
  } catch (error) {
    // What went wrong is told; a server that cannot be reached any more ends the upload by itself.
    await imports.abandon(id).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(awake);
  }
}

/** A server ends uploads that say nothing for long, and looking into a large disk takes its time. */
async function keepAwake({ api, signal }: Session, id: string): Promise<void> {
  // If the server is gone, the next chunk tells it better.
  await api.imports.missing(id, [], signal).catch(() => undefined);
}

/** The server as a place for chunks; counts what goes there. */
class UploadSink implements ChunkSink {
  newChunks = 0;
  newBytes = 0;
  readonly #session: Session;
  readonly #id: string;
  readonly #asked = new Set<ChunkId>();

  constructor(session: Session, id: string) {
    this.#session = session;
    this.#id = id;
  }

  /** Different ones so far. */
  get chunks(): number {
    return this.#asked.size;
  }

  missing(ids: readonly ChunkId[], signal: AbortSignal): Promise<ChunkId[]> {
    for (const id of ids) this.#asked.add(id);
    return this.#session.api.imports.missing(this.#id, ids, signal);
  }

  async put(id: ChunkId, frame: Buffer, signal: AbortSignal): Promise<void> {
    await this.#session.api.imports.put(this.#id, id, frame, signal);
    this.newChunks++;
    this.newBytes += frame.length;
  }
}
