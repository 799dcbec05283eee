import { BinaryReader } from '../binary.ts';
import { MimeoError } from '../errors.ts';

/** An `index-damaged` error that names the place. */
export function damaged(offset: number, what: string): MimeoError {
  return new MimeoError('index-damaged', `The index is damaged at byte ${offset}: ${what}.`);
}

/** Reads the fields of an index; every fault becomes an `index-damaged` error with the field and offset. */
export class IndexReader {
  readonly #reader: BinaryReader;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(body: Buffer, offset: number) {
    this.#reader = new BinaryReader(body, offset);
  }

  u8(field: string): number {
    return this.#read(field, (reader) => reader.u8());
  }
  u16(field: string): number {
    return this.#read(field, (reader) => reader.u16le());
  }
  u32(field: string): number {
    return this.#read(field, (reader) => reader.u32le());
  }
  u64(field: string): number {
    return this.#read(field, (reader) => reader.u64le());
  }
  /** A view of the next bytes. The length is checked against what is left before anything is allocated. */
  bytes(field: string, length: number): Buffer {
    return this.#read(field, (reader) => reader.bytes(length));
  }

  /** A text: its length in bytes (16 bits), then UTF-8. */
  text(field: string, most: number): string {
    const at = this.#reader.offset;
    const length = this.u16(`length of the ${field}`);
    if (length > most) throw damaged(at, `${field} has ${length} bytes, ${most} is the most`);
    const bytes = this.bytes(field, length);
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw damaged(at, `${field} is not UTF-8`);
    }
  }

  /** A text that is one of a few. */
  word<T extends string>(field: string, words: readonly T[]): T {
    const at = this.#reader.offset;
    const text = this.text(field, 32);
    const word = words.find((one) => one === text);
    if (word === undefined) throw damaged(at, `${field} is ${JSON.stringify(text)}`);
    return word;
  }

  /** A byte that counts into a short list. */
  choice<T>(field: string, choices: readonly T[]): T {
    const at = this.#reader.offset;
    const value = this.u8(field);
    const choice = choices[value];
    if (choice === undefined) throw damaged(at, `${field} is ${value}`);
    return choice;
  }

  /** A list: how many (16 bits), then each. */
  list<T>(field: string, most: number, each: () => T): T[] {
    const at = this.#reader.offset;
    const count = this.u16(`number of ${field}`);
    if (count > most) throw damaged(at, `${count} ${field}, ${most} is the most`);
    return Array.from({ length: count }, each);
  }

  expect<T>(value: T, wanted: T, field: string): void {
    if (value !== wanted) throw damaged(this.#reader.offset, `${field} is ${value}, not ${wanted}`);
  }

  atMost(value: number, most: number, field: string): void {
    if (value > most) throw damaged(this.#reader.offset, `${field} is ${value}, ${most} is the most`);
  }

  /** Throws unless everything was read. */
  finish(): void {
    if (this.#reader.remaining > 0) {
      throw damaged(this.#reader.offset, `${this.#reader.remaining} bytes too many`);
    }
  }

  /** For faults that a codec finds itself. */
  get offset(): number {
    return this.#reader.offset;
  }

  #read<T>(field: string, read: (reader: BinaryReader) => T): T {
    const at = this.#reader.offset;
    try {
      return read(this.#reader);
    } catch (error) {
      if (error instanceof RangeError) throw damaged(at, `${field}: ${error.message}`);
      throw error;
    }
  }
}
