import { crc32 } from 'node:zlib';

/** LVM's checksums go on from this number, and are not inverted at the end. */
const INITIAL = 0xf597_a6cf;

/** CRC-32 as LVM2 uses it for labels, metadata areas and metadata. */
export function lvmChecksum(bytes: Uint8Array): number {
  return ~crc32(bytes, ~INITIAL >>> 0) >>> 0;
}
