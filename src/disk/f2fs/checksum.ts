import { crc32 } from 'node:zlib';

/** F2FS starts its CRC-32 with its magic number and does not invert. */
const SEED = 0xf2f5_2010;

/** F2FS' checksum of these bytes; 32 bits, unsigned. */
export function f2fsChecksum(bytes: Uint8Array): number {
  // zlib inverts before and after.
  return ~crc32(bytes, ~SEED >>> 0) >>> 0;
}
