import { sameName } from '../registry-name.ts';
import { type Cells, NOTHING } from './cells.ts';
import { HiveValue } from './hive-value.ts';
import { subkeyOffsets } from './subkey-list.ts';

const LONGEST_NAME = 255 * 2;
const NAME = 76;

/** A key of a hive: its subkeys and values are read when they are asked for. */
export class HiveKey {
  readonly name: string;
  /** Of its cell: what tells one key from another. */
  readonly offset: number;
  readonly subkeyCount: number;
  readonly valueCount: number;
  readonly #cells: Cells;
  readonly #record: Buffer;
  readonly #splits: boolean;

  /**
   * @param offset of its cell
   * @param splits whether the hive splits large values
   * @throws MimeoError `hive-invalid`
   */
  constructor(cells: Cells, offset: number, splits: boolean) {
    const record = cells.signed(offset, 'nk', 'a key', NAME);
    const length = record.readUInt16LE(72);
    if (length > LONGEST_NAME || NAME + length > record.length) {
      throw cells.invalid(offset, `the key's name has ${length} bytes, which cannot be`);
    }
    const inLatin1 = (record.readUInt16LE(2) & 0x20) !== 0;
    this.name = record.toString(inLatin1 ? 'latin1' : 'utf16le', NAME, NAME + length);
    this.offset = offset;
    this.subkeyCount = record.readUInt32LE(20);
    this.valueCount = record.readUInt32LE(36);
    this.#cells = cells;
    this.#record = record;
    this.#splits = splits;
  }

  /** The error of this key, with its place in the file. */
  invalid(words: string): Error {
    return this.#cells.invalid(this.offset, `the key ${this.name}: ${words}`);
  }

  /** When it was last written: 100 ns since 1601. */
  get lastWritten(): bigint {
    return this.#record.readBigUInt64LE(4);
  }

  /** Null when it has no class, as most keys. */
  get className(): string | null {
    const offset = this.#record.readUInt32LE(48);
    const length = this.#record.readUInt16LE(74) & ~1;
    if (offset === NOTHING || length === 0) return null;
    return this.#cells.record(offset, 'the class of a key', length).toString('utf16le', 0, length);
  }

  /** In the order of the hive, which is that of their names. */
  *subkeys(): Generator<HiveKey> {
    if (this.subkeyCount === 0) return;
    const list = this.#record.readUInt32LE(28);
    let bytes = 0;
    for (const offset of subkeyOffsets(this.#cells, list, this.subkeyCount)) {
      const key = new HiveKey(this.#cells, offset, this.#splits);
      bytes += key.name.length + NAME;
      if (bytes > this.#cells.size)
        throw this.#cells.invalid(list, 'a list names its subkeys again and again');
      yield key;
    }
  }

  /** @param name in any case */
  subkey(name: string): HiveKey | null {
    for (const key of this.subkeys()) if (sameName(key.name, name)) return key;
    return null;
  }

  /**
   * The key at the end of a path below this one.
   *
   * @param path names in any case with backslashes between them; empty for this key itself
   */
  key(path: string): HiveKey | null {
    const names = path.split('\\').filter((name) => name !== '');
    return names.reduce<HiveKey | null>((key, name) => key?.subkey(name) ?? null, this);
  }

  *values(): Generator<HiveValue> {
    if (this.valueCount === 0) return;
    const offset = this.#record.readUInt32LE(40);
    const list = this.#cells.record(offset, `the list of the values of ${this.name}`);
    if (list.length / 4 < this.valueCount) {
      throw this.#cells.invalid(
        offset,
        `the list of the values of ${this.name} is too short for ${this.valueCount}`,
      );
    }
    let bytes = 0;
    for (let index = 0; index < this.valueCount; index += 1) {
      const value = new HiveValue(this.#cells, list.readUInt32LE(index * 4), this.#splits);
      // Cells do not overlap, so together they are no larger than the hive, unless one is named again and again.
      bytes += value.name.length + 24;
      if (bytes > this.#cells.size)
        throw this.#cells.invalid(offset, 'a list names its values again and again');
      yield value;
    }
  }

  /** @param name in any case; empty for the default value */
  value(name: string): HiveValue | null {
    for (const value of this.values()) if (sameName(value.name, name)) return value;
    return null;
  }
}
