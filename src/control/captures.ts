import type { TaskRow } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import { type ChunkId, decodeIndex } from '../image/index.ts';
import type { CaptureSession, ImageStore, ImageSummary } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import type { ImageAccess } from './image-access.ts';
import type { TaskBoard } from './task-board.ts';

/** What a capturing host sends into the store: chunks under a session of its own, the index last. */
export class Captures {
  readonly #store: ImageStore;
  readonly #images: ImageAccess;
  readonly #board: TaskBoard;
  readonly #hub: EventHub;
  readonly #sessions = new Map<string, CaptureSession>();

  constructor(ports: { store: ImageStore; images: ImageAccess; board: TaskBoard; hub: EventHub }) {
    this.#store = ports.store;
    this.#images = ports.images;
    this.#board = ports.board;
    this.#hub = ports.hub;
  }

  async missing(hostId: string, taskId: string, ids: readonly ChunkId[]): Promise<ChunkId[]> {
    return this.#session(await this.#taskOf(hostId, taskId)).missing(ids);
  }

  async put(hostId: string, taskId: string, id: ChunkId, frame: Uint8Array): Promise<void> {
    await this.#session(await this.#taskOf(hostId, taskId)).putChunk(id, frame);
  }

  /** Commits the index of a capture under the name that was ordered; the version comes from the store. */
  async commit(hostId: string, taskId: string, bytes: Buffer): Promise<ImageSummary> {
    const task = await this.#taskOf(hostId, taskId);
    const index = decodeIndex(bytes);
    if (index.name !== task.image) {
      throw new MimeoError('not-allowed', `This task captures ${task.image}, not ${index.name}.`);
    }
    const session = this.#session(task);
    const summary = await session.commit(index);
    this.#sessions.delete(taskId);
    await this.#board.setVersion(taskId, summary.version);
    await this.#hub.publish('image', {
      kind: 'committed',
      level: 'info',
      hostId,
      taskId,
      words: `Image ${summary.name} version ${summary.version} was captured from ${task.host_name}.`,
    });
    return summary;
  }

  /** A capture ended without a commit: what only it had sent is given back. */
  async abandon(task: TaskRow): Promise<void> {
    const session = this.#sessions.get(task.id);
    this.#sessions.delete(task.id);
    if (session === undefined) return;
    await session.abandon();
    await this.#hub.publish('image', {
      kind: 'abandoned',
      level: 'info',
      hostId: task.host_id,
      taskId: task.id,
      words: `The capture of ${task.image} ended without an image; its space was given back.`,
    });
  }

  async #taskOf(hostId: string, taskId: string): Promise<TaskRow> {
    const task = await this.#images.taskOf(hostId, taskId);
    if (task.state.kind !== 'capture') {
      throw new MimeoError('not-allowed', `Task ${taskId} is no capture.`);
    }
    return task;
  }

  #session(task: TaskRow): CaptureSession {
    const session = this.#sessions.get(task.id) ?? this.#store.beginCapture();
    this.#sessions.set(task.id, session);
    return session;
  }
}
