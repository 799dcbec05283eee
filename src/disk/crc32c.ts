/** The reflected Castagnoli polynomial (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f6_3b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/**
 * CRC-32C as filesystems use it: goes on from `state`, and inverts nothing. The checksum of RFC 3720 is
 * `~crc32c(0xffffffff, bytes)`; ext4 stores it without the inversion, XFS and btrfs with it.
 *
 * @returns 32 bits, unsigned
 */
export function crc32c(state: number, bytes: Uint8Array): number {
  let crc = state >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  }
  return crc >>> 0;
}
