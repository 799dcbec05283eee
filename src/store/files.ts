/** What the store needs to know of a file. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
  /** Names this content among all that ever stood at the path; changes when the file is replaced or written. */
  readonly mark: string;
}

/** A file that is being written; it did not exist before. */
export interface NewFile {
  /** Appends what the system takes at once; returns how many bytes that were. */
  write(bytes: Uint8Array): Promise<number>;
  size(): Promise<number>;
  /** Makes the content survive a power cut (not the name: that takes `syncFolder`). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The filesystem as the store uses it: the one place through which its folder is read and changed, so that a
 * test can record, refuse or lose each of the steps. Errors are those of the system, with its codes. A change
 * of names survives a power cut after `syncFolder` of the folders it touched.
 */
export interface StoreFiles {
  /** Makes a folder and those above it; nothing to do when it is there. */
  makeFolder(path: string): Promise<void>;
  /** Names in a folder, in no order; [] when there is no such folder. */
  list(path: string): Promise<string[]>;
  /** Null when there is no such file. */
  facts(path: string): Promise<FileFacts | null>;
  /** Null when there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** Fails with `EEXIST` when the path is taken. */
  create(path: string): Promise<NewFile>;
  /** Replaces what is at the new path; false when there is nothing at the old one. */
  rename(from: string, to: string): Promise<boolean>;
  /** Whether it was there. */
  remove(path: string): Promise<boolean>;
  /** Makes the names in a folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Writes out everything of the filesystem that the path is on. */
  syncFilesystem(path: string): Promise<void>;
  /** Bytes of a file, before anything else can run on this thread; null when there is no such file. */
  sizeNow(path: string): number | null;
  /** As `rename`, before anything else can run on this thread. */
  renameNow(from: string, to: string): boolean;
  /** As `remove`, before anything else can run on this thread. */
  removeNow(path: string): boolean;
  /** Sets the time of the last change to now; false when the file is not there. */
  touchNow(path: string): boolean;
  /** Bytes that may still be written; null when that is not known. */
  freeBytes(path: string): Promise<number | null>;
  /**
   * Locks a folder for this process alone, until it ends or lets go.
   * @returns lets go
   * @throws MimeoError `store-locked`
   */
  lock(folder: string): () => void;
}
