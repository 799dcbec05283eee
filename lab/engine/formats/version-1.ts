import { crc32 } from 'node:zlib';

/**
 * Turns an image of partclone's format 2 (made with `-a0`) into one of format 1, which no partclone of today
 * writes, from the documented layout: a head of 4160 bytes, one byte per block, `BiTmAgIc`, and after each
 * block a CRC32 of its first byte taken as often as it has bytes, going on from block to block.
 *
 * @param width of a checksum: 4 bytes, or the 8 that 64-bit programs wrote
 */
export function asVersion1(image: Buffer, width: 4 | 8): Buffer {
  const blocks = Number(image.readBigUInt64LE(60));
  const blockBytes = image.readUInt32LE(84);
  const bitmap = image.subarray(110, 110 + Math.ceil(blocks / 8));
  const head = Buffer.alloc(4160);
  head.write('partclone-image', 0, 'latin1');
  image.copy(head, 15, 36, 51);
  head.write('0001', 30, 'latin1');
  head.writeInt32LE(blockBytes, 36);
  head.writeBigUInt64LE(BigInt(blocks * blockBytes), 40);
  head.writeBigUInt64LE(BigInt(blocks), 48);
  const map = Buffer.from(Array.from({ length: blocks }, (_, i) => ((bitmap[i >> 3] ?? 0) >> (i & 7)) & 1));
  head.writeBigUInt64LE(BigInt(map.reduce((sum, bit) => sum + bit, 0)), 56);
  const parts: Buffer[] = [head, map, Buffer.from('BiTmAgIc', 'latin1')];
  let crc = 0;
  for (let at = 110 + bitmap.length + 4; at < image.length; at += blockBytes) {
    crc = crc32(Buffer.alloc(blockBytes, image[at] ?? 0), crc);
    const checksum = Buffer.alloc(width);
    checksum.writeUInt32LE((crc ^ 0xffff_ffff) >>> 0);
    parts.push(image.subarray(at, at + blockBytes), checksum);
  }
  return Buffer.concat(parts);
}
