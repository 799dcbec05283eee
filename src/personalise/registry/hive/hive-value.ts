import type { RegistryData, RegistryValue } from '../registry-data.ts';
import type { Cells } from './cells.ts';

/** What one cell holds of a large value; more is split since hives of version 1.4. */
const SEGMENT = 16_344;
const LONGEST_NAME = 16_383 * 2;

/** A value of a key; its data is read when it is asked for. */
export class HiveValue implements RegistryValue {
  readonly name: string;
  readonly type: number;
  /** Bytes of its data. */
  readonly size: number;
  readonly #cells: Cells;
  readonly #offset: number;
  readonly #record: Buffer;
  readonly #splits: boolean;

  /**
   * @param offset of its cell
   * @param splits whether the hive splits large values
   * @throws MimeoError `hive-invalid`
   */
  constructor(cells: Cells, offset: number, splits: boolean) {
    const record = cells.signed(offset, 'vk', 'a value', 20);
    const length = record.readUInt16LE(2);
    if (length > LONGEST_NAME || 20 + length > record.length) {
      throw cells.invalid(offset, `the value's name has ${length} bytes, which cannot be`);
    }
    const inLatin1 = (record.readUInt16LE(16) & 1) !== 0;
    this.name = record.toString(inLatin1 ? 'latin1' : 'utf16le', 20, 20 + length);
    this.type = record.readUInt32LE(12);
    this.size = record.readUInt32LE(4) & 0x7fff_ffff;
    this.#cells = cells;
    this.#offset = offset;
    this.#record = record;
    this.#splits = splits;
  }

  /** @throws MimeoError `hive-invalid` */
  get data(): RegistryData {
    return { type: this.type, bytes: this.#bytes() };
  }

  #bytes(): Buffer {
    const { size } = this;
    const inPlace = this.#record.readUInt32LE(4) >= 0x8000_0000;
    if (inPlace) {
      if (size > 4)
        throw this.#cells.invalid(this.#offset, `${size} bytes of data cannot stand in their place`);
      return this.#record.subarray(8, 8 + size);
    }
    if (size === 0) return Buffer.alloc(0);
    const offset = this.#record.readUInt32LE(8);
    const what = `the data of the value ${JSON.stringify(this.name)}`;
    const record = this.#cells.record(offset, what);
    if (this.#splits && size > SEGMENT) return this.#join(offset, what);
    if (record.length < size)
      throw this.#cells.invalid(offset, `${what} has ${size} bytes and a cell of ${record.length}`);
    return record.subarray(0, size);
  }

  #join(offset: number, what: string): Buffer {
    const head = this.#cells.signed(offset, 'db', what, 8);
    const count = head.readUInt16LE(2);
    const list = this.#cells.record(head.readUInt32LE(4), `the list of ${what}`);
    if (list.length < count * 4 || count !== Math.ceil(this.size / SEGMENT)) {
      throw this.#cells.invalid(offset, `${what} has ${this.size} bytes in ${count} pieces, which cannot be`);
    }
    const pieces: Buffer[] = [];
    for (let index = 0; index < count; index += 1) {
      const length = Math.min(SEGMENT, this.size - index * SEGMENT);
      pieces.push(
        this.#cells.record(list.readUInt32LE(index * 4), `a piece of ${what}`, length).subarray(0, length),
      );
    }
    return Buffer.concat(pieces);
  }
}
