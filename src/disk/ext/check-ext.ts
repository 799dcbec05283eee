import { MimeoError } from '../../errors.ts';
import { SUPERBLOCK_AT } from './superblock.ts';

const NEEDS_RECOVERY = 0x4;
const VALID = 0x1;

/**
 * @param head the first bytes of an ext2, ext3 or ext4 filesystem
 * @throws MimeoError `volume-dirty` when its journal must be replayed or it was not unmounted
 */
export function refuseUncleanExt(head: Buffer, name: string): void {
  const recovery = (head.readUInt32LE(SUPERBLOCK_AT + 0x60) & NEEDS_RECOVERY) !== 0;
  const valid = (head.readUInt16LE(SUPERBLOCK_AT + 0x3a) & VALID) !== 0;
  if (!recovery && valid) return;
  throw new MimeoError('volume-dirty', `The Linux filesystem in ${name} was not unmounted cleanly.`, {
    next: 'Start the master once, shut it down with "poweroff" and capture again.',
  });
}
