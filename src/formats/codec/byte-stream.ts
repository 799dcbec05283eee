import { type DamagePlace, damaged } from '../damage.ts';

/** Reads a stream in the sizes that a format has, and knows how far it is. */
export class ByteStream implements AsyncDisposable {
  readonly #iterator: AsyncIterator<Buffer>;
  readonly #path: string;
  readonly #compressed: boolean;
  readonly #pieces: readonly string[];
  /** What came and was not taken yet. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #position = 0;
  #ended = false;

  /** @param pieces the files of a split set, for errors */
  constructor(
    source: AsyncIterable<Buffer>,
    path: string,
    compressed: boolean,
    pieces: readonly string[] = [],
  ) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#path = path;
    this.#compressed = compressed;
    this.#pieces = pieces;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** For an error: the place of the next byte, or of another one. */
  place(offset: number = this.#position): DamagePlace {
    return { path: this.#path, offset, compressed: this.#compressed, pieces: this.#pieces };
  }

  /**
   * Exactly `length` bytes, valid until the next call.
   * @param what they are, for the error
   * @throws MimeoError `import-damaged` when the stream ends before
   */
  async read(length: number, what: string): Promise<Buffer> {
    await this.#fill(length);
    if (this.#waitingBytes < length) {
      throw damaged(
        this.place(this.#position + this.#waitingBytes),
        `it ends there, ${length - this.#waitingBytes} bytes before the end of ${what}`,
      );
    }
    return this.#take(length);
  }

  /** Up to `most` bytes as they come; null at the end. */
  async readSome(most: number): Promise<Buffer | null> {
    await this.#fill(1);
    const [first] = this.#waiting;
    return first === undefined ? null : this.#take(Math.min(most, first.length));
  }

  /** At least one byte and at most `most`, as they come, without copying; errors as {@link read}. */
  async readPart(most: number, what: string): Promise<Buffer> {
    return (await this.readSome(most)) ?? (await this.read(most, what));
  }

  /** Up to `length` bytes, fewer only at the end. */
  async readUpTo(length: number): Promise<Buffer> {
    await this.#fill(length);
    return this.#take(Math.min(length, this.#waitingBytes));
  }

  /** As {@link readUpTo}, but they stay in the stream. */
  async peek(length: number): Promise<Buffer> {
    await this.#fill(length);
    const all = Buffer.concat(this.#waiting);
    this.#waiting = all.length === 0 ? [] : [all];
    return all.subarray(0, length);
  }

  /** Steps over bytes; errors as {@link read}. */
  async skip(length: number, what: string): Promise<void> {
    for (let left = length; left > 0; ) left -= (await this.read(Math.min(left, 1 << 20), what)).length;
  }

  /**
   * Reads to the end, so that the decompressor's own check of the whole has its say.
   * @throws MimeoError `import-damaged` when anything but zeros follows
   */
  async expectEnd(): Promise<void> {
    for (;;) {
      const at = this.#position;
      const more = await this.readSome(1 << 20);
      if (more === null) return;
      const other = more.findIndex((byte) => byte !== 0);
      if (other !== -1) throw damaged(this.place(at + other), 'the image should have ended before');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting = [];
    await this.#iterator.return?.();
  }

  async #fill(wanted: number): Promise<void> {
    while (this.#waitingBytes < wanted && !this.#ended) {
      const next = await this.#iterator.next();
      if (next.done === true) this.#ended = true;
      else if (next.value.length > 0) {
        this.#waiting.push(next.value);
        this.#waitingBytes += next.value.length;
      }
    }
  }

  #take(length: number): Buffer {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const first = this.#waiting[0] ?? Buffer.alloc(0);
      if (first.length <= left) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(left);
      parts.push(first.subarray(0, left));
      left -= Math.min(left, first.length);
    }
    this.#waitingBytes -= length;
    this.#position += length;
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }
}
