import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { MimeoError } from '../errors.ts';

/**
 * SQLite's log of changes beside the database file, as far as its durability is ours to care for. It lives as long as a
 * connection does, under one inode; its locks are on the database and on the `-shm` file, so that another descriptor of
 * it disturbs nothing.
 */
export class WriteAheadLog {
  readonly #path: string;
  #file: Promise<FileHandle> | null = null;
  #closed = false;

  /** @param database path of the database itself */
  constructor(database: string) {
    this.#path = `${database}-wal`;
  }

  /** @throws MimeoError `database-unsynced` */
  async sync(): Promise<void> {
    // The last connection has put everything into the database, synced it, and removed the log.
    if (this.#closed) return;
    try {
      this.#file ??= this.#open();
      await (await this.#file).datasync();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MimeoError(
        'database-unsynced',
        `${this.#path}: what was written did not reach the disk: ${why}.`,
        {
          cause,
        },
      );
    }
  }

  /** After the database was closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const file = await this.#file?.catch(() => null);
    await file?.close();
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'r+');
    // Its name has to survive as well.
    await syncFolder(dirname(this.#path));
    return file;
  }
}
