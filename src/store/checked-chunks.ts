import { availableParallelism } from 'node:os';
import { MimeoError } from '../errors.ts';
import { CHUNK_BYTES, type ChunkId, isChunkId } from '../image/index.ts';
import type { ChunkCopies } from './chunk-copies.ts';
import type { ContentLengths } from './content-lengths.ts';
import { checkShape, openFrame } from './frame.ts';
import { Gate, mapBounded } from './gate.ts';
import { IdSet } from './id-set.ts';
import type { ChunkShelf } from './shelf.ts';
import { errorCode } from './store-error.ts';

/** How many chunks are looked up at once. */
const LOOKUPS = 16;

/** Chunks of which the content was checked, and which come back from quarantine when somebody asks for them. */
export class CheckedChunks implements ContentLengths {
  readonly #shelf: ChunkShelf;
  /** Each check holds up to 2 MiB; more at once than cores gains nothing. */
  readonly #checks = new Gate(Math.max(2, availableParallelism()));
  /** One chunk is set aside after the other. */
  readonly #removals = new Gate(1);
  readonly #writes = new Map<ChunkId, Promise<void>>();
  readonly #copies: ChunkCopies;
  /** Chunks that were opened and are shorter than 1 MiB: the last ones of regions, so not many. */
  readonly #short = new IdSet();

  constructor(shelf: ChunkShelf, copies: ChunkCopies) {
    this.#shelf = shelf;
    this.#copies = copies;
  }

  /** Bytes of the stored frame; 0 when it is not there. */
  async size(id: ChunkId): Promise<number> {
    const found = (await this.#shelf.facts(id))?.bytes ?? 0;
    if (found > 0 || !(await this.#shelf.restore(id))) return found;
    return (await this.#shelf.facts(id))?.bytes ?? 0;
  }

  async sizes(ids: readonly ChunkId[]): Promise<number[]> {
    return mapBounded(ids, LOOKUPS, (id) => this.size(id));
  }

  /** Those that are not there, each once, in order. */
  async missing(ids: readonly ChunkId[]): Promise<ChunkId[]> {
    const distinct = [...new Set(ids)];
    for (const id of distinct) checkId(id);
    const sizes = await this.sizes(distinct);
    return distinct.filter((_, i) => sizes[i] === 0);
  }

  /** True when this call, and no other one, brought the chunk. @throws MimeoError `chunk-damaged` */
  async put(id: ChunkId, frame: Uint8Array): Promise<boolean> {
    checkId(id);
    if ((await this.size(id)) > 0) return false;
    await this.#open(id, frame);
    return this.#store(id, frame);
  }

  /** As `put`, but believes the caller that the frame's content has this id. */
  async putUnchecked(id: ChunkId, frame: Uint8Array): Promise<boolean> {
    checkId(id);
    checkShape(id, frame);
    return this.#store(id, frame);
  }

  /** With `verify` a damaged chunk is set aside. @throws MimeoError `chunk-missing`, `chunk-damaged` */
  async get(id: ChunkId, { verify = false }: { verify?: boolean } = {}): Promise<Buffer> {
    checkId(id);
    for (;;) {
      const frame = await this.#find(id);
      if (frame === null) throw new MimeoError('chunk-missing', `The store does not hold the chunk ${id}.`);
      if (!verify) return frame;
      try {
        await this.#open(id, frame);
        return frame;
      } catch (error) {
        if (!isMimeoError(error, 'chunk-damaged') || (await this.#setAside(id, frame))) throw error;
      }
    }
  }

  /** Whether another holder had the chunk and it is here again, on the disk. */
  async heal(id: ChunkId, copies: ChunkCopies = this.#copies): Promise<boolean> {
    try {
      const frame = await copies(id);
      if (frame === null) return false;
      await this.put(id, frame);
      await this.#shelf.land();
      return true;
    } catch {
      // A holder that cannot be reached, or whose copy is bad too, is as good as none.
      return false;
    }
  }

  /**
   * Re-hashes a chunk; `bytes` are those of its frame. A damaged one is set aside, and so is one of which the disk
   * twice does not give the bytes: what cannot be read could never be replaced by a good copy.
   */
  async recheck(id: ChunkId): Promise<{ state: 'good' | 'damaged' | 'missing'; bytes: number }> {
    try {
      return await this.#recheckOnce(id);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
    try {
      return await this.#recheckOnce(id);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      // Where the whole disk has gone this fails too, and nothing was moved.
      await this.#removals.run(() => this.#shelf.setAside(id));
      return { state: 'damaged', bytes: 0 };
    }
  }

  isShort(id: ChunkId): boolean {
    return this.#short.has(id);
  }

  async contentBytes(id: ChunkId): Promise<number | null> {
    try {
      return await this.#open(id, await this.get(id));
    } catch (error) {
      if (isMimeoError(error, 'chunk-damaged') || isMimeoError(error, 'chunk-missing')) return null;
      throw error;
    }
  }

  /** Checks a frame's content, and says how many bytes it has. @throws MimeoError `chunk-damaged` */
  async #open(id: ChunkId, frame: Uint8Array): Promise<number> {
    const { length } = await this.#checks.run(() => openFrame(id, frame));
    if (length < CHUNK_BYTES) this.#short.add(id);
    return length;
  }

  async #recheckOnce(id: ChunkId): Promise<{ state: 'good' | 'damaged' | 'missing'; bytes: number }> {
    try {
      return { state: 'good', bytes: (await this.get(id, { verify: true })).length };
    } catch (error) {
      if (isMimeoError(error, 'chunk-damaged')) return { state: 'damaged', bytes: 0 };
      if (isMimeoError(error, 'chunk-missing')) return { state: 'missing', bytes: 0 };
      throw error;
    }
  }

  /** The frame from wherever it can be had: in use, in quarantine, or with another holder. */
  async #find(id: ChunkId): Promise<Buffer | null> {
    const frame = await this.#shelf.get(id);
    if (frame !== null) return frame;
    if ((await this.#shelf.restore(id)) || (await this.heal(id))) return this.#shelf.get(id);
    return null;
  }

  /**
   * Takes a damaged chunk out of use, unless others than these bytes are there: many hosts may call the same chunk
   * bad, and while one of the calls was looked into, an earlier one had a good copy put in its place.
   * @returns false when there are others
   */
  async #setAside(id: ChunkId, damaged: Buffer): Promise<boolean> {
    return this.#removals.run(async () => {
      const now = await this.#shelf.get(id);
      if (now === null) return true;
      if (!now.equals(damaged)) return false;
      await this.#shelf.setAside(id);
      return true;
    });
  }

  async #store(id: ChunkId, frame: Uint8Array): Promise<boolean> {
    const running = this.#writes.get(id);
    if (running) {
      await running;
      return false;
    }
    if ((await this.size(id)) > 0) return false;
    const again = this.#writes.get(id);
    const write = again ?? this.#shelf.put(id, frame).finally(() => this.#writes.delete(id));
    if (!again) this.#writes.set(id, write);
    await write;
    return !again;
  }
}

function checkId(id: ChunkId): void {
  if (!isChunkId(id))
    throw new MimeoError('chunk-missing', `${JSON.stringify(id.slice(0, 80))} is not a chunk id.`);
}

function isMimeoError(error: unknown, code: MimeoError['code']): error is MimeoError {
  return error instanceof MimeoError && error.code === code;
}

/** Whether the disk said that it cannot give the bytes, as it does of a bad sector. */
function isUnreadable(error: unknown): boolean {
  return isMimeoError(error, 'store-failed') && errorCode(error.cause) === 'EIO';
}
