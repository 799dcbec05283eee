import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MimeoError } from '../errors.ts';

/** SQLITE_BUSY: somebody else holds the lock. */
const BUSY = 5;

/**
 * Holds a store's folder for this process alone. The lock is the system's own (`fcntl`), which ends with
 * the process however that ends, so nothing has to be cleaned up after a crash and no process id can be
 * mistaken. Node offers such locks only through SQLite; its database here stays empty.
 */
export class StoreLock {
  readonly #folder: string;
  #database: DatabaseSync | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws MimeoError `store-locked` when another process, or another store of this one, has it */
  take(): void {
    const database = new DatabaseSync(join(this.#folder, 'lock'), { timeout: 0 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) {
        throw new MimeoError('store-locked', `Another Mimeo server is using the store in ${this.#folder}.`);
      }
      throw error;
    }
    this.#database = database;
  }

  release(): void {
    this.#database?.close();
    this.#database = null;
  }
}
