import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that are read where they are wanted: a Buffer, or a file that need not fit into memory. */
export interface ByteSource {
  readonly length: number;
  /** Exactly `length` bytes at `at`, or fewer at the end of the source. */
  read(at: number, length: number): Buffer;
}

/** @param bytes are not copied */
export function bufferSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { length: buffer.length, read: (at, length) => buffer.subarray(at, at + length) };
}

const PAGE = 65_536;
/** 4 MiB in all: the keys of one walk down a hive lie in few pages. */
const PAGES_KEPT = 64;

/**
 * A file, read page by page as it is asked for: the SOFTWARE hive of a host may be as large as a quarter of its
 * memory. Reads are synchronous, as a hive is followed from cell to cell.
 */
export class FileSource implements ByteSource, Disposable {
  readonly length: number;
  readonly #file: number;
  /** In the order of their last use. */
  readonly #pages = new Map<number, Buffer>();

  /** @throws the system's own error when the file cannot be opened */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.length = fstatSync(this.#file).size;
  }

  read(at: number, length: number): Buffer {
    const end = Math.min(at + length, this.length);
    if (end <= at) return Buffer.alloc(0);
    const first = Math.floor(at / PAGE);
    const last = Math.floor((end - 1) / PAGE);
    if (first === last) return this.#page(first).subarray(at - first * PAGE, end - first * PAGE);
    const bytes = Buffer.alloc(end - at);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(this.#file, bytes, filled, bytes.length - filled, at + filled);
      if (got === 0) return bytes.subarray(0, filled);
      filled += got;
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#pages.clear();
    closeSync(this.#file);
  }

  #page(number: number): Buffer {
    const kept = this.#pages.get(number);
    this.#pages.delete(number);
    const page = kept ?? this.#load(number);
    this.#pages.set(number, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_KEPT) break;
      this.#pages.delete(oldest);
    }
    return page;
  }

  #load(number: number): Buffer {
    const page = Buffer.alloc(PAGE);
    let filled = 0;
    while (filled < PAGE) {
      const got = readSync(this.#file, page, filled, PAGE - filled, number * PAGE + filled);
      if (got === 0) break;
      filled += got;
    }
    return page.subarray(0, filled);
  }
}
