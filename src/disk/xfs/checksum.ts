import { crc32c } from '../crc32c.ts';

const FIELD_BYTES = 4;

/**
 * Whether a structure of XFS version 5 has the checksum that it says: over all of it, with its own field as
 * zeros, and stored little-endian, unlike everything else.
 */
export function hasXfsChecksum(bytes: Buffer, fieldAt: number): boolean {
  const parts = [
    bytes.subarray(0, fieldAt),
    Buffer.alloc(FIELD_BYTES),
    bytes.subarray(fieldAt + FIELD_BYTES),
  ];
  return ~parts.reduce(crc32c, 0xffff_ffff) >>> 0 === bytes.readUInt32LE(fieldAt);
}
