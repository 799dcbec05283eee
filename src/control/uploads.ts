import type { Clock } from '../clock.ts';
import { MimeoError } from '../errors.ts';
import { type ChunkId, checkImageName, decodeIndex, imageNameKey } from '../image/index.ts';
import type { CaptureSession, ImageStore, ImageSummary } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import { newId } from './random.ts';

/** Who calls: a label for the log, and a key that no other login has. */
export interface Caller {
  readonly label: string;
  readonly key: string;
}

/** An upload that says nothing for this long has been left. */
const IDLE_MS = 10 * 60_000;
/** How often idle ones are looked for. */
const TICK_MS = 30_000;
/** More at once is a mistake of a script: each holds chunks that are safe from garbage collection. */
const MAX_OPEN = 32;
/** Of one login: the others still get theirs. */
const MAX_OF_ONE = 8;

interface Upload {
  readonly id: string;
  readonly image: string;
  readonly owner: string;
  readonly by: string;
  readonly session: CaptureSession;
  usedAt: number;
  /** Calls under way: an upload is not idle while a chunk is being written. */
  busy: number;
  /** Its index is being committed: what it becomes is waited for before it is ended. */
  committing: Promise<ImageSummary> | null;
}

/**
 * What technicians send into the store from a machine of their own: chunks under a session, the index last. Nothing
 * of it is an image before the commit. A session belongs to the login that opened it, and ends when nothing was
 * heard of it for ten minutes or when the server stops; what only it brought is given back then.
 */
export class Uploads {
  readonly #store: ImageStore;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #open = new Map<string, Upload>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: { store: ImageStore; hub: EventHub; clock: Clock; onFault: (error: unknown) => void }) {
    this.#store = ports.store;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#onFault = ports.onFault;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.expire().catch(this.#onFault), TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const upload of [...this.#open.values()]) await this.#end(upload);
  }

  /** @throws MimeoError `image-name`; `uploads-many` when too many are open, of this login or of all */
  open(image: string, caller: Caller): { id: string } {
    checkImageName(image);
    const all = [...this.#open.values()];
    if (all.length >= MAX_OPEN) {
      throw new MimeoError('uploads-many', `${MAX_OPEN} imports are under way already.`);
    }
    if (all.filter(({ owner }) => owner === caller.key).length >= MAX_OF_ONE) {
      throw new MimeoError('uploads-many', `${MAX_OF_ONE} imports of this login are under way already.`);
    }
    const id = newId('u');
    this.#open.set(id, {
      id,
      image,
      owner: caller.key,
      by: caller.label,
      session: this.#store.beginCapture(),
      usedAt: this.#clock.now(),
      busy: 0,
      committing: null,
    });
    return { id };
  }

  missing(id: string, caller: Caller, ids: readonly ChunkId[]): Promise<ChunkId[]> {
    return this.#use(id, caller, ({ session }) => session.missing(ids));
  }

  put(id: string, caller: Caller, chunk: ChunkId, frame: Uint8Array): Promise<void> {
    return this.#use(id, caller, ({ session }) => session.putChunk(chunk, frame));
  }

  /** Makes it an image under the name that was opened; the version comes from the store. */
  async commit(id: string, caller: Caller, bytes: Buffer): Promise<ImageSummary> {
    const summary = await this.#use(id, caller, (upload) => {
      const index = decodeIndex(bytes);
      if (imageNameKey(index.name) !== imageNameKey(upload.image)) {
        const words = `This import was opened for ${upload.image}, not for ${index.name}.`;
        throw new MimeoError('not-allowed', words, { next: 'Import it under its own name.' });
      }
      const committed = upload.session.commit(index).then((made) => {
        this.#open.delete(id);
        return made;
      });
      upload.committing = committed;
      return committed;
    });
    await this.#hub.publish('image', {
      kind: 'committed',
      level: 'info',
      words: `Image ${summary.name} version ${summary.version} was imported by ${caller.label}.`,
    });
    return summary;
  }

  /** Gives back what only this upload brought; nothing to do for one that has ended. */
  async abandon(id: string, caller: Caller): Promise<void> {
    const upload = this.#open.get(id);
    if (upload === undefined) return;
    await this.#end(this.#owned(upload, caller));
  }

  /** Ends those that nothing was heard of; called by the service's own timer. */
  async expire(): Promise<void> {
    const before = this.#clock.now() - IDLE_MS;
    for (const upload of [...this.#open.values()]) {
      if (upload.busy === 0 && upload.usedAt < before) await this.#end(upload);
    }
  }

  async #use<T>(id: string, caller: Caller, use: (upload: Upload) => Promise<T>): Promise<T> {
    const upload = this.#open.get(id);
    if (upload === undefined) {
      throw new MimeoError('upload-ended', `There is no import ${id}, or it has ended.`);
    }
    this.#owned(upload, caller);
    upload.busy++;
    try {
      return await use(upload);
    } finally {
      upload.busy--;
      upload.usedAt = this.#clock.now();
    }
  }

  #owned(upload: Upload, caller: Caller): Upload {
    if (upload.owner === caller.key) return upload;
    throw new MimeoError('not-allowed', `Import ${upload.id} belongs to another login.`, {
      next: 'Start an import of your own.',
    });
  }

  async #end(upload: Upload): Promise<void> {
    await upload.committing?.catch(() => undefined);
    if (!this.#open.delete(upload.id)) return;
    await upload.session.abandon();
    await this.#hub.publish('image', {
      kind: 'abandoned',
      level: 'info',
      words: `The import of ${upload.image} by ${upload.by} ended without an image; its space was given back.`,
    });
  }
}
