import type { ChunkId, ImageIndex } from '../image/index.ts';
import type { DamagedImage, StoreUpkeep } from './upkeep-port.ts';

/** One committed image version, as lists show it. */
export interface ImageSummary {
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly notes: string;
  /** Movable words that stand for this version, such as `approved`; sorted. */
  readonly labels: readonly string[];
  /** Size of the master's disks together. */
  readonly diskBytes: number;
  /** Bytes of each of them, the one that starts the machine first. */
  readonly diskSizes: readonly number[];
  /** Bytes of used blocks. */
  readonly usedBytes: number;
  /** Compressed bytes of all its chunks (shared ones too). */
  readonly storedBytes: number;
  readonly table: 'mbr' | 'gpt';
  readonly filesystems: readonly string[];
}

/**
 * Where indexes and chunks live. Every adapter passes `storeContract`.
 * All calls may be repeated: `putChunk` of a chunk that is there is a success, and `commit` is atomic.
 * Errors: `chunk-missing`, `chunk-damaged`, `image-missing` are permanent; `store-full` asks for room;
 * `store-failed` (an IO error) may be tried again.
 */
export interface Store {
  /** Those of `ids` that the store does not hold, without duplicates, in order. */
  missing(ids: readonly ChunkId[]): Promise<ChunkId[]>;
  /**
   * Stores one zstd frame after checking that it decompresses to at most 1 MiB that hashes to `id`.
   * @throws MimeoError `chunk-damaged` when it does not; nothing is stored then.
   */
  putChunk(id: ChunkId, frame: Uint8Array): Promise<void>;
  /** The zstd frame of a chunk, as stored. With `verify` it is decompressed and hashed first; a bad one is set aside. */
  getChunk(id: ChunkId, options?: { verify?: boolean }): Promise<Buffer>;
  /**
   * Commits an index last: refuses with `chunk-missing` when a chunk is not there, with `index-damaged` when one is
   * seen to have another length than its place, fills in every chunk's
   * stored size, gives it the next version of its name, signs it and makes it visible at once and whole.
   * A name that differs from a committed one only in upper and lower case means that one. Committing what
   * the newest version holds already, `createdAt` included, is a repeated call and returns that version.
   */
  commit(index: ImageIndex): Promise<ImageSummary>;
  /** Every committed version, sorted by name and version. A damaged index is left out and reported. */
  list(): Promise<ImageSummary[]>;
  /** As `list`, and with the versions that cannot be read. */
  survey(): Promise<{ images: ImageSummary[]; damaged: DamagedImage[] }>;
  /**
   * The signed index as bytes; the newest version when none is named. Its signature is checked. Upper and
   * lower case of the name do not matter.
   * @throws MimeoError `image-missing` (names what there is), `index-damaged`, `index-untrusted`
   */
  readIndex(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }>;
  /**
   * Re-hashes a chunk that somebody called bad; a damaged one is set aside so that it can be put again. `healed`:
   * it was damaged or missing, and another holder's copy is in its place.
   */
  recheck(id: ChunkId): Promise<'good' | 'damaged' | 'missing' | 'healed'>;
}

/** What deleting chunks gave back. */
export interface Reclaimed {
  readonly chunks: number;
  readonly bytes: number;
}

/**
 * One capture as the store sees it. Everything it asked for or put is safe from garbage collection until
 * the session ends by `commit` or `abandon`; after that its other calls throw `capture-ended`.
 */
export interface CaptureSession extends Pick<Store, 'missing' | 'putChunk'> {
  /** As `Store.commit`; ends the session when it succeeds, and may be repeated. After a failure it is still open. */
  commit(index: ImageIndex): Promise<ImageSummary>;
  /**
   * Ends the session and deletes the chunks that it put, were not there before, and that neither an image
   * nor another session uses. Nothing to do after `commit`; may be repeated.
   */
  abandon(): Promise<Reclaimed>;
}

/** An image that a deployment holds on to. */
export interface PinnedImage {
  readonly bytes: Buffer;
  readonly index: ImageIndex;
  /** Lets go; may be called again. */
  readonly release: () => void;
}

/** A capture by a pipeline of this same process; never to be given to anybody over the network. */
export interface LocalCaptureSession extends CaptureSession {
  /**
   * `putChunk` for whoever has just hashed and compressed the bytes itself: only the shape of the frame is
   * looked at, it is neither decompressed nor hashed again.
   */
  putChunkUnchecked(id: ChunkId, frame: Uint8Array): Promise<void>;
}

/** What the server keeps: a store whose captures can be given up and whose garbage is collected. */
export interface ImageStore extends Store, StoreUpkeep {
  beginCapture(): CaptureSession;
  beginLocalCapture(): LocalCaptureSession;
  /** `readIndex`, and the image's chunks stay until `release`, even when the image is removed. */
  pin(name: string, version?: number): Promise<PinnedImage>;
  /** Removes one version of an image; its number is not given again. Its chunks go with the next garbage collection. */
  remove(name: string, version: number): Promise<void>;
  /**
   * Gives all versions of an image another name; numbers, notes and labels stay. Each version is to be seen
   * under the old or the new name at every instant, also after a crash. To other upper and lower case too.
   * @throws MimeoError `image-exists` when there is an image of that name, or its numbers were given before;
   * `image-held` while a deployment holds a version; `index-damaged` when a version cannot be read (nothing is renamed)
   */
  rename(from: string, to: string): Promise<void>;
  /** Replaces the notes of a version. @throws MimeoError `image-notes` when they are too long */
  setNotes(name: string, version: number, notes: string): Promise<ImageSummary>;
  /** Lets a label stand for this version and for no other of the name. Upper and lower case do not matter. */
  setLabel(name: string, label: string, version: number): Promise<void>;
  /** Repeating it is no error. */
  removeLabel(name: string, label: string): Promise<void>;
}
