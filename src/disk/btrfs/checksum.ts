import { createHash } from 'node:crypto';
import { crc32c } from '../crc32c.ts';

/** Whether a superblock or tree block, whose first 32 bytes hold its checksum, is as it was written. */
export type BlockCheck = (block: Buffer) => boolean;

const CHECKSUM_BYTES = 32;

/**
 * The check for a volume's kind of checksum (`csum_type`); undefined for kinds that are not known. xxhash64
 * and BLAKE2b are known but not computed: such volumes are judged by everything else that must fit, down to
 * the sums of what each block group has in use.
 */
export const BLOCK_CHECKS: ReadonlyMap<number, BlockCheck> = new Map([
  [0, isCrc32c],
  [1, () => true],
  [2, isSha256],
  [3, () => true],
]);

function isCrc32c(block: Buffer): boolean {
  return ~crc32c(0xffff_ffff, block.subarray(CHECKSUM_BYTES)) >>> 0 === block.readUInt32LE(0);
}

function isSha256(block: Buffer): boolean {
  const digest = createHash('sha256').update(block.subarray(CHECKSUM_BYTES)).digest();
  return digest.equals(block.subarray(0, CHECKSUM_BYTES));
}
