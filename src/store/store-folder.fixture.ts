import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ChunkId, generateSigningKey } from '../image/index.ts';
import { FolderStore, type FolderStoreOptions } from './folder-store.ts';

// In memory where there is such a place: no power is cut here, so syncing to a disk would only be slow.
const PLACE = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mimeo-store-');

/** A new folder for a store; whoever asked removes it. */
export function newFolder(): Promise<string> {
  return mkdtemp(PLACE);
}

/** Where a store's folder keeps a chunk. */
export function chunkPath(folder: string, id: ChunkId): string {
  return join(folder, 'chunks', id.slice(0, 2), `${id}.zst`);
}

/** A folder in which a test opens stores, one after the other, with the same key. */
export interface StoreFolder {
  readonly folder: string;
  readonly options: FolderStoreOptions;
  /** Stops the store that is open, if any, and starts the next one. */
  readonly open: (more?: Partial<FolderStoreOptions>) => Promise<FolderStore>;
  /** Stops the store that is open, if any. */
  readonly close: () => Promise<void>;
}

/** A test with a folder of its own, which is removed afterwards; what is open is stopped. */
export function folderTest(title: string, body: (under: StoreFolder) => Promise<void>): void {
  test(title, async () => {
    const folder = await newFolder();
    const options = { folder, signingKey: generateSigningKey() };
    const running: FolderStore[] = [];
    const close = async (): Promise<void> => {
      await running.pop()?.stop();
    };
    const open = async (more: Partial<FolderStoreOptions> = {}): Promise<FolderStore> => {
      await close();
      const store = new FolderStore({ ...options, ...more });
      await store.start();
      running.push(store);
      return store;
    };
    try {
      await body({ folder, options, open, close });
    } finally {
      await close();
      await rm(folder, { recursive: true });
    }
  });
}
