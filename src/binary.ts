/**
 * A cursor over a Buffer: every codec of a packet or a file reads and writes through one of these two.
 * Reading past the end throws a RangeError, which the codec turns into its own error with the offset.
 */
export class BinaryReader {
  readonly buffer: Buffer;
  offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.buffer = buffer;
    this.offset = offset;
  }

  get remaining(): number {
    return this.buffer.length - this.offset;
  }

  u8(): number {
    return this.buffer.readUInt8(this.#take(1));
  }
  u16be(): number {
    return this.buffer.readUInt16BE(this.#take(2));
  }
  u32be(): number {
    return this.buffer.readUInt32BE(this.#take(4));
  }
  u16le(): number {
    return this.buffer.readUInt16LE(this.#take(2));
  }
  u32le(): number {
    return this.buffer.readUInt32LE(this.#take(4));
  }
  /** Unsigned 64 bits as a number; throws above 2^53 - 1, which no size of ours reaches. */
  u64le(): number {
    const value = this.buffer.readBigUInt64LE(this.#take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`value ${value} is past 2^53`);
    return Number(value);
  }
  /** A view of the next `length` bytes (not a copy). */
  bytes(length: number): Buffer {
    const at = this.#take(length);
    return this.buffer.subarray(at, at + length);
  }

  #take(length: number): number {
    const at = this.offset;
    if (length < 0 || at + length > this.buffer.length) {
      throw new RangeError(`${length} bytes wanted at offset ${at}, ${this.buffer.length - at} left`);
    }
    this.offset = at + length;
    return at;
  }
}

/** Appends numbers and bytes to a Buffer that grows as needed. */
export class BinaryWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(sizeHint = 1024) {
    this.#buffer = Buffer.alloc(Math.max(16, sizeHint));
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#buffer.writeUInt8(value, at);
    return this;
  }
  u16be(value: number): this {
    const at = this.#grow(2);
    this.#buffer.writeUInt16BE(value, at);
    return this;
  }
  u32be(value: number): this {
    const at = this.#grow(4);
    this.#buffer.writeUInt32BE(value, at);
    return this;
  }
  u16le(value: number): this {
    const at = this.#grow(2);
    this.#buffer.writeUInt16LE(value, at);
    return this;
  }
  u32le(value: number): this {
    const at = this.#grow(4);
    this.#buffer.writeUInt32LE(value, at);
    return this;
  }
  u64le(value: number): this {
    const at = this.#grow(8);
    this.#buffer.writeBigUInt64LE(BigInt(value), at);
    return this;
  }
  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }
  zeros(length: number): this {
    this.#grow(length);
    return this;
  }
  /** A copy of what was written so far. */
  toBuffer(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  /** Makes room first: `#buffer` may be another one afterwards. */
  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}
