import type { RegistryValue } from '../registry-data.ts';

/** A key of a hive to be built. */
export interface KeyToBuild {
  readonly name: string;
  readonly className?: string;
  readonly values?: readonly RegistryValue[];
  readonly subkeys?: readonly KeyToBuild[];
  /** How its subkeys are listed; `ri` is a list of lists of two each. Default: `lh`. */
  readonly list?: 'li' | 'lf' | 'lh' | 'ri';
}

const NOTHING = 0xffff_ffff;
const SEGMENT = 16_344;

/** A hive in memory, made from the description of the format alone: what the reader's tests read. */
export class HiveBuilder {
  #bins = Buffer.alloc(4096);
  #end = 32;

  /** @param minorVersion 3 is Windows XP; 5 (Windows 10) splits large values */
  build(root: KeyToBuild, minorVersion = 5): Buffer {
    const offset = this.#key(root, NOTHING, minorVersion >= 4);
    this.#bins = this.#bins.subarray(0, Math.ceil((this.#end + 8) / 4096) * 4096);
    const free = this.#bins.length - this.#end;
    this.#bins.writeInt32LE(free, this.#end);
    this.#bins.write('hbin', 0, 'latin1');
    this.#bins.writeUInt32LE(this.#bins.length, 8);
    const base = Buffer.alloc(4096);
    base.write('regf', 0, 'latin1');
    for (const [at, number] of [
      [4, 7],
      [8, 7],
      [20, 1],
      [24, minorVersion],
      [32, 1],
      [36, offset],
      [40, this.#bins.length],
      [44, 1],
    ] as const) {
      base.writeUInt32LE(number, at);
    }
    base.write('emRoot\\System32\\Config\\SYSTEM', 48, 'utf16le');
    return sealHive(Buffer.concat([base, this.#bins]));
  }

  #key(key: KeyToBuild, parent: number, splits: boolean): number {
    const name = encodeName(key.name);
    const record = Buffer.alloc(76 + name.bytes.length);
    record.write('nk', 0, 'latin1');
    record.writeUInt16LE(name.flag * 0x20 + (parent === NOTHING ? 0x0c : 0), 2);
    record.writeBigUInt64LE(132_000_000_000_000_000n, 4);
    record.writeUInt32LE(parent, 16);
    record.writeUInt16LE(name.bytes.length, 72);
    name.bytes.copy(record, 76);
    for (const at of [28, 32, 40, 44, 48]) record.writeUInt32LE(NOTHING, at);
    const offset = this.#cell(record);
    // The buffer may move while more cells are made, so the record is filled at its place in the end.
    const subkeys = (key.subkeys ?? []).map((one) => this.#key(one, offset, splits));
    record.writeUInt32LE(subkeys.length, 20);
    if (subkeys.length > 0) record.writeUInt32LE(this.#list(subkeys, key.list ?? 'lh'), 28);
    const values = (key.values ?? []).map((one) => this.#value(one, splits));
    record.writeUInt32LE(values.length, 36);
    if (values.length > 0) record.writeUInt32LE(this.#cell(dwords(values)), 40);
    if (key.className !== undefined) {
      const bytes = Buffer.from(key.className, 'utf16le');
      record.writeUInt32LE(this.#cell(bytes), 48);
      record.writeUInt16LE(bytes.length, 74);
    }
    record.copy(this.#bins, offset + 4);
    return offset;
  }

  #list(offsets: readonly number[], kind: 'li' | 'lf' | 'lh' | 'ri'): number {
    const head = Buffer.alloc(4);
    head.write(kind, 0, 'latin1');
    if (kind === 'ri') {
      const parts: number[] = [];
      for (let at = 0; at < offsets.length; at += 2) parts.push(this.#list(offsets.slice(at, at + 2), 'lf'));
      head.writeUInt16LE(parts.length, 2);
      return this.#cell(Buffer.concat([head, dwords(parts)]));
    }
    head.writeUInt16LE(offsets.length, 2);
    const entries = kind === 'li' ? offsets : offsets.flatMap((offset) => [offset, 0]);
    return this.#cell(Buffer.concat([head, dwords(entries)]));
  }

  #value(value: RegistryValue, splits: boolean): number {
    const name = encodeName(value.name);
    const { bytes } = value.data;
    const record = Buffer.alloc(20 + name.bytes.length);
    record.write('vk', 0, 'latin1');
    record.writeUInt16LE(name.bytes.length, 2);
    record.writeUInt32LE(value.data.type, 12);
    record.writeUInt16LE(name.flag, 16);
    name.bytes.copy(record, 20);
    if (bytes.length <= 4) {
      record.writeUInt32LE(0x8000_0000 + bytes.length, 4);
      Buffer.from(bytes).copy(record, 8);
    } else {
      record.writeUInt32LE(bytes.length, 4);
      record.writeUInt32LE(splits && bytes.length > SEGMENT ? this.#split(bytes) : this.#cell(bytes), 8);
    }
    return this.#cell(record);
  }

  #split(bytes: Uint8Array): number {
    const pieces: number[] = [];
    for (let at = 0; at < bytes.length; at += SEGMENT)
      pieces.push(this.#cell(bytes.subarray(at, at + SEGMENT)));
    const head = Buffer.alloc(8);
    head.write('db', 0, 'latin1');
    head.writeUInt16LE(pieces.length, 2);
    head.writeUInt32LE(this.#cell(dwords(pieces)), 4);
    return this.#cell(head);
  }

  #cell(record: Uint8Array): number {
    const offset = this.#end;
    const size = Math.max(8, Math.ceil((record.length + 4) / 8) * 8);
    this.#end += size;
    if (this.#end > this.#bins.length) {
      // Twice as much each time, so that large hives do not take a square of their size; the end is cut off.
      const more = Math.max(this.#bins.length, Math.ceil(size / 4096) * 4096);
      this.#bins = Buffer.concat([this.#bins, Buffer.alloc(more)]);
    }
    this.#bins.writeInt32LE(-size, offset);
    this.#bins.set(record, offset + 4);
    return offset;
  }
}

/** Makes the checksum of a hive right again after its first block was changed. */
export function sealHive(hive: Buffer): Buffer {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= hive.readInt32LE(at);
  hive.writeUInt32LE(sum >>> 0, 508);
  return hive;
}

function encodeName(name: string): { readonly bytes: Buffer; readonly flag: 0 | 1 } {
  const latin1 = Buffer.from(name, 'latin1');
  if (latin1.toString('latin1') === name) return { bytes: latin1, flag: 1 };
  return { bytes: Buffer.from(name, 'utf16le'), flag: 0 };
}

function dwords(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
}
