import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ChunkId, isChunkId } from '../image/index.ts';
import type { ChunkTree } from './chunk-tree.ts';
import { createWhole } from './durable-write.ts';
import type { NewFile, StoreFiles } from './files.ts';
import { openFrame } from './frame.ts';
import { Gate, mapBounded } from './gate.ts';
import type { ChunkFacts } from './shelf.ts';
import { storeError } from './store-error.ts';

/** A batch becomes durable when it has so many bytes or files; the files are open until then. */
const BATCH_BYTES = 128 * 1_048_576;
const BATCH_FILES = 256;
/** From so many files on, writing out the whole filesystem in one go is faster than one after the other. */
const MANY = 16;
/** Files written at once. */
const WRITES = 16;
/** Files synced at once: the system merges what they wait for. */
const SYNCS = 8;
/** After so many renames others on this thread get a turn. */
const RENAMES = 32;

interface Incoming extends ChunkFacts {
  readonly id: ChunkId;
  readonly path: string;
  readonly file: NewFile;
}

/**
 * Chunks on their way into the store. They are written to files in a folder of their own, become durable many
 * at a time, and only then get their name among the stored chunks: one sync per 128 MiB instead of one per
 * chunk, and still a name there always stands for the whole content. At most two batches are on the way.
 */
export class IncomingChunks {
  readonly #files: StoreFiles;
  readonly #folder: string;
  readonly #target: ChunkTree;
  readonly #here = new Map<ChunkId, Incoming>();
  #batch: Incoming[] = [];
  #batchBytes = 0;
  #flushing: Promise<void> | null = null;
  readonly #closing = new Set<Promise<void>>();
  /** So many more files than a batch has may be open. */
  readonly #writes = new Gate(WRITES);
  #failure: unknown = null;
  #losses = 0;

  constructor(files: StoreFiles, folder: string, target: ChunkTree) {
    this.#files = files;
    this.#folder = folder;
    this.#target = target;
  }

  /**
   * Makes the folder, and takes in what a crash left there: what is whole is kept, the rest removed. What the disk
   * does not take is as good as half written: on a full one a server must start, or nobody could make room.
   */
  async start(): Promise<void> {
    await this.#files.makeFolder(this.#folder);
    const taken = new Set<ChunkId>();
    await mapBounded(await this.#files.list(this.#folder), 4, (name) => this.#recover(name, taken));
    await this.sync().catch(() => undefined);
  }

  /** How many chunks could not be written after `put` had taken them. */
  get losses(): number {
    return this.#losses;
  }

  facts(id: ChunkId): ChunkFacts | null {
    return this.#here.get(id) ?? null;
  }

  /** Null when it is not on its way, or has just arrived. */
  async get(id: ChunkId): Promise<Buffer | null> {
    const incoming = this.#here.get(id);
    return incoming === undefined ? null : this.#files.read(incoming.path);
  }

  /** Must not be called for one id twice at the same time. */
  put(id: ChunkId, frame: Uint8Array): Promise<void> {
    return this.#writes.run(() => this.#write(id, frame));
  }

  /** Takes a chunk out, so that it never arrives; the path of its file, null when it is not on its way. */
  takeNow(id: ChunkId): string | null {
    const incoming = this.#here.get(id);
    if (incoming === undefined) return null;
    this.#here.delete(id);
    const closing = incoming.file
      .close()
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    return incoming.path;
  }

  /** Lets everything arrive that was put before. @throws MimeoError when something of it could not be written */
  async sync(): Promise<void> {
    await this.#flushing;
    this.#flushing ??= this.#flush();
    await this.#flushing;
    await Promise.all(this.#closing);
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw storeError(failure, 'write the chunks of a capture');
  }

  async #write(id: ChunkId, frame: Uint8Array): Promise<void> {
    while (this.#isFull()) {
      this.#flushing ??= this.#flush();
      await this.#flushing;
    }
    const path = join(this.#folder, `${id}.${randomBytes(8).toString('hex')}`);
    try {
      const file = await createWhole(this.#files, path, frame);
      const incoming = { id, path, file, bytes: frame.length, sinceMs: Date.now() };
      this.#here.set(id, incoming);
      this.#batch.push(incoming);
      this.#batchBytes += frame.length;
    } catch (error) {
      await this.#files.remove(path).catch(() => false);
      throw storeError(error, `write chunk ${id}`);
    }
    if (this.#isFull()) this.#flushing ??= this.#flush();
  }

  #isHere(incoming: Incoming): boolean {
    return this.#here.get(incoming.id) === incoming;
  }

  #isFull(): boolean {
    return this.#batchBytes >= BATCH_BYTES || this.#batch.length >= BATCH_FILES;
  }

  /** Never throws: what could not be written is dropped, and `sync` tells. */
  async #flush(): Promise<void> {
    const batch = this.#batch.filter((incoming) => this.#isHere(incoming));
    this.#batch = [];
    this.#batchBytes = 0;
    try {
      if (batch.length >= MANY) {
        // Only to be fast: it writes them all out in one go, and each file's own sync says how that went.
        await this.#files.syncFilesystem(this.#folder).catch(() => undefined);
      }
      const synced = await mapBounded(batch, SYNCS, (incoming) => this.#settle(incoming));
      await this.#arrive(batch.filter((_, i) => synced[i]));
    } finally {
      this.#flushing = null;
    }
  }

  /** Whether the content is on the disk itself. */
  async #settle(incoming: Incoming): Promise<boolean> {
    try {
      try {
        await incoming.file.sync();
      } finally {
        await incoming.file.close();
      }
      return true;
    } catch (error) {
      if (this.#isHere(incoming)) await this.#drop(incoming, error);
      return false;
    }
  }

  async #arrive(batch: readonly Incoming[]): Promise<void> {
    for (const [i, incoming] of batch.entries()) {
      // Taken out meanwhile: whoever did that saw to its file.
      if (!this.#isHere(incoming)) continue;
      try {
        if (!this.#files.renameNow(incoming.path, this.#target.path(incoming.id))) {
          throw new Error(`${incoming.path} is gone`);
        }
        this.#target.changed(incoming.id);
        this.#here.delete(incoming.id);
      } catch (error) {
        await this.#drop(incoming, error);
      }
      if (i % RENAMES === RENAMES - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #drop(incoming: Incoming, error: unknown): Promise<void> {
    this.#failure ??= error;
    this.#losses++;
    this.#here.delete(incoming.id);
    await this.#files.remove(incoming.path).catch(() => false);
  }

  /**
   * What a killed process had put is whole, what a power cut left may be anything, and one chunk may be there twice.
   * @param taken the ids that were taken in, or are just being: two at the same time would leave a file behind
   */
  async #recover(name: string, taken: Set<ChunkId>): Promise<void> {
    const path = join(this.#folder, name);
    const id = name.slice(0, 64);
    try {
      const known = !isChunkId(id) || ((await this.#files.facts(this.#target.path(id)))?.size ?? 0) > 0;
      const frame = known ? null : await this.#files.read(path);
      if (frame !== null) {
        await openFrame(id, frame);
        if (!taken.has(id)) {
          taken.add(id);
          await this.put(id, frame);
        }
      }
    } catch {
      // Half written, or no room for it: it has to be sent again.
    }
    await this.#files.remove(path).catch(() => false);
  }
}
