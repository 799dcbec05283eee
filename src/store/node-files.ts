import { renameSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { run } from '../command.ts';
import { syncFolder } from '../durable-file.ts';
import type { FileFacts, NewFile, StoreFiles } from './files.ts';
import { errorCode } from './store-error.ts';
import { StoreLock } from './store-lock.ts';

class NodeFile implements NewFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<number> {
    return (await this.#handle.write(bytes)).bytesWritten;
  }
  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }
  sync(): Promise<void> {
    return this.#handle.sync();
  }
  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The system's own filesystem. */
export const nodeFiles: StoreFiles = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  list: async (path) => (await unlessAbsent(readdir(path))) ?? [],
  facts: async (path) => {
    const found = await unlessAbsent(stat(path));
    return found === null ? null : factsOf(found);
  },
  read: (path) => unlessAbsent(readFile(path)),
  create: async (path) => new NodeFile(await open(path, 'wx', 0o644)),
  rename: async (from, to) => (await unlessAbsent(rename(from, to).then(() => true))) ?? false,
  remove: async (path) => (await unlessAbsent(unlink(path).then(() => true))) ?? false,
  syncFolder,
  // Node has no call for syncfs(2).
  syncFilesystem: async (path) => {
    await run(['sync', '-f', path]);
  },
  sizeNow: (path) => statSync(path, { throwIfNoEntry: false })?.size ?? null,
  renameNow: (from, to) => nowUnlessAbsent(() => renameSync(from, to)),
  removeNow: (path) => nowUnlessAbsent(() => unlinkSync(path)),
  touchNow: (path) => {
    const now = new Date();
    return nowUnlessAbsent(() => utimesSync(path, now, now));
  },
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  lock: (folder) => {
    const lock = new StoreLock(folder);
    lock.take();
    return () => lock.release();
  },
};

function factsOf(found: { size: number; mtimeMs: number; ctimeMs: number; ino: number }): FileFacts {
  const { size, mtimeMs, ctimeMs, ino } = found;
  return { size, mtimeMs, mark: `${ino} ${size} ${mtimeMs} ${ctimeMs}` };
}

/** `ENOTDIR`: a file where a folder is looked for, such as a technician's note among the images, holds nothing. */
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR'];

async function unlessAbsent<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (ABSENT.includes(errorCode(error))) return null;
    throw error;
  }
}

function nowUnlessAbsent(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
