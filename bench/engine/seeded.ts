/** Numbers that are the same on every machine: xorshift32. */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** 32 random bits. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return this.next() % below;
  }

  /** A length from `least` to `most` bytes; small ones are as likely as large ones, as among files. */
  length(least: number, most: number): number {
    return Math.round(least * (most / least) ** (this.next() / 2 ** 32));
  }
}

const DICTIONARY_BYTES = 262_144;

/**
 * Bytes that compress about as files of a workstation do: phrases that come again, with noise between them.
 */
export class SeededBytes {
  readonly #random: Seeded;
  readonly #dictionary: Buffer;

  constructor(seed: number) {
    this.#random = new Seeded(seed);
    this.#dictionary = Buffer.alloc(DICTIONARY_BYTES);
    for (let i = 0; i < DICTIONARY_BYTES; i++) this.#dictionary[i] = 97 + (this.#random.next() % 26);
  }

  take(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const random = this.#random;
    for (let at = 0; at < length; ) {
      const phrase = 24 + random.below(48);
      const from = random.below(DICTIONARY_BYTES - phrase);
      at += this.#dictionary.copy(bytes, at, from, from + phrase);
      for (let noise = 4 + random.below(24); noise > 0 && at < length; noise--) bytes[at++] = random.next();
    }
    return bytes;
  }
}
