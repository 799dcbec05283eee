import { MimeoError } from '../../../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Where the first bin begins: all offsets inside a hive count from there. */
export const BINS = 4096;
/** An offset that leads nowhere. */
export const NOTHING = 0xffff_ffff;
/** Signature, two u16 or u32… no record that is asked for is smaller. */
const SMALLEST = 4;

/**
 * The cells of a hive: a size (negative while it is in use), then the record. Every offset comes from the file, so
 * every one is checked before it is followed.
 */
export class Cells {
  /** The hive's file, for messages. */
  readonly where: string;
  /** Bytes of all bins. */
  readonly size: number;
  readonly #source: ByteSource;

  constructor(source: ByteSource, where: string, size: number) {
    this.#source = source;
    this.where = where;
    this.size = size;
  }

  /**
   * The record in a cell, without its size.
   *
   * @param offset counts from the first bin
   * @param what names the cell in messages
   * @param least bytes that the record needs
   * @throws MimeoError `hive-invalid`
   */
  record(offset: number, what: string, least = SMALLEST): Buffer {
    if (offset % 8 !== 0 || offset + 4 > this.size) {
      throw this.invalid(offset, `${what} should be there, which is no place for a cell`);
    }
    const size = this.#source.read(BINS + offset, 4).readInt32LE();
    if (size >= 0) throw this.invalid(offset, `${what} should be there, and the cell is free`);
    const length = -size;
    if (length < 4 + least || offset + length > this.size) {
      throw this.invalid(offset, `${what} has the size ${length}, which cannot be`);
    }
    return this.#source.read(BINS + offset + 4, length - 4);
  }

  /** A cell that begins with a signature of two letters. */
  signed(offset: number, signature: string, what: string, least: number): Buffer {
    const record = this.record(offset, what, least);
    const found = record.toString('latin1', 0, 2);
    if (found !== signature)
      throw this.invalid(offset, `${what} should be there, and it is no ${signature} cell`);
    return record;
  }

  invalid(offset: number, words: string): MimeoError {
    return new MimeoError('hive-invalid', `${this.where}, offset ${BINS + offset}: ${words}.`);
  }
}
