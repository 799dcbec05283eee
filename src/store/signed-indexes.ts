import type { KeyObject } from 'node:crypto';
import { MimeoError, toMimeoError } from '../errors.ts';
import {
  decodeIndex,
  encodeIndex,
  formatImageReference,
  type ImageIndex,
  type PublicKey,
  publicKeyOf,
  signIndex,
  verifyIndex,
} from '../image/index.ts';
import type { IndexShelf } from './shelf.ts';

export interface SigningOptions {
  readonly indexes: IndexShelf;
  /** Signs what is committed. */
  readonly signingKey: KeyObject;
  /** Keys of other servers whose indexes are accepted too. */
  readonly trustedKeys?: readonly PublicKey[];
}

/** Indexes that are signed when they are written and checked when they are read. */
export class SignedIndexes {
  readonly #shelf: IndexShelf;
  readonly #signingKey: KeyObject;
  readonly #keys: readonly PublicKey[];

  constructor({ indexes, signingKey, trustedKeys = [] }: SigningOptions) {
    this.#shelf = indexes;
    this.#signingKey = signingKey;
    this.#keys = [publicKeyOf(signingKey), ...trustedKeys];
  }

  /** Null when it is not there. @throws MimeoError `index-damaged`, `index-untrusted`, naming the image */
  async read(name: string, version: number): Promise<{ bytes: Buffer; index: ImageIndex } | null> {
    const bytes = await this.#shelf.read(name, version);
    return bytes === null ? null : { bytes, index: this.#open(name, version, bytes) };
  }

  /** Signs an index and writes it in the place that its name and version say. */
  async write(index: ImageIndex): Promise<void> {
    await this.#shelf.write(index.name, index.version, signIndex(encodeIndex(index), this.#signingKey));
  }

  /** Whether the place holds this very index, whoever signed it. */
  async holds(index: ImageIndex): Promise<boolean> {
    const wanted = encodeIndex(index);
    try {
      const found = await this.read(index.name, index.version);
      return found?.bytes.subarray(0, wanted.length).equals(wanted) ?? false;
    } catch (error) {
      if (toMimeoError(error).code.startsWith('index-')) return false;
      throw error;
    }
  }

  /** Checks signature, content and that the file lies where its name and version say. */
  #open(name: string, version: number, bytes: Buffer): ImageIndex {
    const place = formatImageReference(name, version);
    try {
      const index = decodeIndex(verifyIndex(bytes, this.#keys));
      if (index.name === name && index.version === version) return index;
      const other = formatImageReference(index.name, index.version);
      throw new MimeoError('index-damaged', `It is the index of ${other}, put in the wrong place.`);
    } catch (error) {
      const { code, message, next } = toMimeoError(error);
      throw new MimeoError(code, `Image ${place}: ${message}`, { next, cause: error });
    }
  }
}
