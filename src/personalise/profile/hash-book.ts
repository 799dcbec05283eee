import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { writeDurably } from '../../durable-file.ts';
import type { ShareFile } from './share-files.ts';

const bookSchema = z.record(
  z.string(),
  z.object({ version: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);

/** A file that changed a moment ago may change again within the same tick of its clock. */
const SETTLED_MS = 2000;
const PIECE = 1_048_576;

/** The hashes of the share's files, made once for each version of a file and remembered across restarts. */
export class HashBook {
  readonly #path: string | null;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #known = new Map<string, { version: string; sha256: string }>();
  readonly #running = new Map<string, Promise<string>>();
  #loaded: Promise<void> | null = null;
  #changed = false;

  /** @param options.path where the book is kept; null: in memory only */
  constructor(options: { readonly path: string | null; readonly clock: Pick<Clock, 'now'> }) {
    this.#path = options.path;
    this.#clock = options.clock;
  }

  /**
   * SHA-256 of a file in hex, read piece by piece.
   *
   * @param path of the file on this machine
   * @param file as it was listed; when it changes while it is read, what was read counts, and is not remembered
   */
  async sha256(path: string, file: Pick<ShareFile, 'version' | 'changedMs'>): Promise<string> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    const known = this.#known.get(path);
    if (known?.version === file.version) return known.sha256;
    const key = `${path}\0${file.version}`;
    const running = this.#running.get(key) ?? this.#hash(path, file);
    this.#running.set(key, running);
    try {
      return await running;
    } finally {
      this.#running.delete(key);
    }
  }

  /** Writes the book, if there is anything new in it. */
  async save(): Promise<void> {
    if (this.#path === null || !this.#changed) return;
    this.#changed = false;
    await writeDurably(this.#path, JSON.stringify(Object.fromEntries(this.#known)), { mode: 0o600 });
  }

  async #hash(path: string, file: Pick<ShareFile, 'version' | 'changedMs'>): Promise<string> {
    const isSettled = this.#clock.now() - file.changedMs > SETTLED_MS;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const hash = createHash('sha256');
      const piece = Buffer.allocUnsafe(PIECE);
      for (;;) {
        const { bytesRead } = await handle.read(piece, 0, PIECE, null);
        if (bytesRead === 0) break;
        hash.update(piece.subarray(0, bytesRead));
      }
      const sha256 = hash.digest('hex');
      const { size, ino, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
      if (isSettled && `${size} ${ino} ${mtimeNs} ${ctimeNs}` === file.version) {
        this.#known.set(path, { version: file.version, sha256 });
        this.#changed = true;
      }
      return sha256;
    } finally {
      await handle.close();
    }
  }

  /** A book that cannot be read is begun anew: it only saves time. */
  async #load(): Promise<void> {
    if (this.#path === null) return;
    const text = await readFile(this.#path, 'utf8').catch(() => null);
    if (text === null) return;
    try {
      for (const [path, entry] of Object.entries(bookSchema.parse(JSON.parse(text))))
        this.#known.set(path, entry);
    } catch {
      this.#known.clear();
    }
  }
}
