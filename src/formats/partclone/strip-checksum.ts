import { crc32 } from 'node:zlib';
import type { PartcloneHead } from './partclone-head.ts';
import { Xxh64 } from './xxh64.ts';
import { Xxh128 } from './xxh128.ts';

/** A checksum over the blocks of a strip, or of all strips so far when it is not reset between them. */
export interface StripChecksum {
  update(bytes: Uint8Array): void;
  /** As it stands in the image; updating may go on afterwards. */
  digest(): Buffer;
  reset(): void;
}

/** The checksum of an image; null when it has none. */
export function stripChecksumOf(head: PartcloneHead): StripChecksum | null {
  switch (head.checksum) {
    case 'crc32':
      return new PlainCrc();
    case 'xxh64':
      return new Xxh64();
    case 'xxh128':
      return new Xxh128();
    case 'version1':
      return new FirstByteCrc(head.blockBytes);
    case 'none':
      return null;
  }
}

/** CRC32 without the inversion at its end. */
export class PlainCrc implements StripChecksum {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }
  digest(): Buffer {
    return littleEndian(this.#crc);
  }
  reset(): void {
    this.#crc = 0;
  }
}

/**
 * What images of version 1 have: a CRC32 that takes in the first byte of a block as often as the block has bytes.
 * It guards little, but where it stands tells that we read the right places.
 */
export class FirstByteCrc implements StripChecksum {
  readonly #block: Buffer;
  #crc = 0;

  constructor(blockBytes: number) {
    this.#block = Buffer.alloc(blockBytes);
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += this.#block.length) {
      const first = bytes[at] ?? 0;
      if (this.#block[0] !== first) this.#block.fill(first);
      this.#crc = crc32(this.#block, this.#crc);
    }
  }
  digest(): Buffer {
    return littleEndian(this.#crc);
  }
  reset(): void {
    this.#crc = 0;
  }
}

function littleEndian(crc: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE((crc ^ 0xffff_ffff) >>> 0);
  return bytes;
}
