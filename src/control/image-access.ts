import type { TaskRow } from '../db/index.ts';
import { ENDED } from '../deployment/index.ts';
import { MimeoError } from '../errors.ts';
import { allRegions, type ChunkId, type ImageIndex } from '../image/index.ts';
import type { ImageStore, PinnedImage } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import type { TaskBoard } from './task-board.ts';

/** Indexes held in memory: of the images that are being deployed. */
const CACHED_INDEXES = 8;

interface CachedIndex {
  readonly bytes: Buffer;
  readonly index: ImageIndex;
  readonly chunks: ReadonlySet<ChunkId>;
}

/** What a host with a task may read of the store: the index of its image and the chunks in it, nothing else. */
export class ImageAccess {
  readonly #store: ImageStore;
  readonly #board: TaskBoard;
  readonly #hub: EventHub;
  readonly #cache = new Map<string, Promise<CachedIndex>>();
  readonly #pins = new Map<string, PinnedImage>();

  constructor(ports: { store: ImageStore; board: TaskBoard; hub: EventHub }) {
    this.#store = ports.store;
    this.#board = ports.board;
    this.#hub = ports.hub;
  }

  /** @throws MimeoError `not-allowed` unless this is an open task of that host */
  async taskOf(hostId: string, taskId: string): Promise<TaskRow> {
    const task = await this.#board.get(taskId);
    if (task.host_id !== hostId) {
      throw new MimeoError('not-allowed', `Task ${taskId} belongs to another host.`);
    }
    if (ENDED.has(task.state.status)) {
      throw new MimeoError('task-not-open', `Task ${taskId} has ended: ${task.state.status}.`);
    }
    return task;
  }

  /** The signed index of the image of a deploy task. */
  async index(hostId: string, taskId: string): Promise<Buffer> {
    return (await this.#imageOf(await this.taskOf(hostId, taskId))).bytes;
  }

  /** The zstd frame of a chunk of the image of a deploy task; the host verifies it. */
  async chunk(hostId: string, taskId: string, id: ChunkId): Promise<Buffer> {
    const task = await this.taskOf(hostId, taskId);
    await this.#demandChunk(task, id);
    return this.#store.getChunk(id);
  }

  /** A host says that a chunk is not what its name says; the store looks at its own copy. */
  async reportBad(
    hostId: string,
    taskId: string,
    id: ChunkId,
    words: string,
  ): Promise<'good' | 'damaged' | 'missing'> {
    const task = await this.taskOf(hostId, taskId);
    await this.#demandChunk(task, id);
    const about = { hostId, taskId };
    return this.#recheck(task.image, id, { by: task.host_name, words }, about);
  }

  /** As `reportBad`, for people who read an image. */
  async recheckOf(
    name: string,
    version: number,
    id: ChunkId,
    report: { readonly by: string; readonly words: string },
  ): Promise<'good' | 'damaged' | 'missing'> {
    demandPart(await this.#cached(name, version), id);
    return this.#recheck(name, id, report, {});
  }

  async #recheck(
    image: string,
    id: ChunkId,
    { by, words }: { readonly by: string; readonly words: string },
    about: { readonly hostId?: string; readonly taskId?: string },
  ): Promise<'good' | 'damaged' | 'missing'> {
    const found = await this.#store.recheck(id);
    const verdict = found === 'healed' ? 'good' : found;
    const chunk = id.slice(0, 12);
    await this.#hub.publish('image', {
      kind: 'damaged',
      level: verdict === 'good' ? 'warning' : 'error',
      ...about,
      words:
        found === 'healed'
          ? `Chunk ${chunk} of ${image} was not in order in the store; a copy of the store had it, and it is healed.`
          : found === 'good'
            ? `${by} got chunk ${chunk} of ${image} damaged; the stored copy is good (${words}).`
            : `Chunk ${chunk} of ${image} is ${found} in the store; it was set aside. Capture the image again.`,
    });
    return verdict;
  }

  /** Keeps the chunks of a task's image in the store until the task has ended. */
  async hold(task: TaskRow): Promise<void> {
    // A capture reads no image; what an earlier attempt of it made may be deleted.
    if (task.state.kind === 'capture' || task.version === null || this.#pins.has(task.id)) return;
    this.#pins.set(task.id, await this.#store.pin(task.image, task.version));
  }

  async release(task: TaskRow): Promise<void> {
    this.#pins.get(task.id)?.release();
    this.#pins.delete(task.id);
  }

  /** The signed index of an image version, for people. */
  async signedIndex(name: string, version: number): Promise<Buffer> {
    return (await this.#cached(name, version)).bytes;
  }

  /** The zstd frame of one of its chunks, for people; whoever reads it verifies it. */
  async chunkOf(name: string, version: number, id: ChunkId): Promise<Buffer> {
    demandPart(await this.#cached(name, version), id);
    return this.#store.getChunk(id);
  }

  /** Reads it anew the next time: its notes or its name were changed. */
  forget(name: string, version: number): void {
    this.#cache.delete(`${name}@${version}`);
  }

  /** The decoded index of an image version, from the cache if it is there. */
  async decoded(name: string, version: number): Promise<ImageIndex> {
    return (await this.#cached(name, version)).index;
  }

  async #imageOf(task: TaskRow): Promise<CachedIndex> {
    if (task.state.kind !== 'deploy' || task.version === null) {
      throw new MimeoError('not-allowed', `Task ${task.id} reads no image.`);
    }
    return this.#cached(task.image, task.version);
  }

  async #demandChunk(task: TaskRow, id: ChunkId): Promise<void> {
    demandPart(await this.#imageOf(task), id);
  }

  #cached(name: string, version: number): Promise<CachedIndex> {
    const key = `${name}@${version}`;
    const found = this.#cache.get(key);
    if (found) return found;
    const loading = this.#load(name, version);
    this.#cache.set(key, loading);
    loading.catch(() => this.#cache.delete(key));
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED_INDEXES && oldest !== undefined) this.#cache.delete(oldest);
    return loading;
  }

  async #load(name: string, version: number): Promise<CachedIndex> {
    const { bytes, index } = await this.#store.readIndex(name, version);
    const chunks = new Set<ChunkId>();
    for (const { chunks: table } of allRegions(index)) {
      for (let i = 0; i < table.count; i++) {
        const id = table.id(i);
        if (id !== null) chunks.add(id);
      }
    }
    return { bytes, index, chunks };
  }
}

/** @throws MimeoError `not-allowed` when a chunk is none of this image */
function demandPart({ index, chunks }: CachedIndex, id: ChunkId): void {
  if (chunks.has(id)) return;
  throw new MimeoError('not-allowed', `Chunk ${id.slice(0, 12)} is not part of ${index.name}.`);
}
