import { readAt, SECTOR } from '../ntfs/partition.ts';
import type { FactSheet } from './facts.ts';

/** Fields of an NTFS boot record [ntfs-3g, struct BOOT_SECTOR]; the boot file goes on for 15 sectors. */
const FIELDS = {
  jump: [0x00, 3],
  'bytes per sector': [0x0b, 2],
  'sectors per cluster': [0x0d, 1],
  'sectors per track': [0x18, 2],
  heads: [0x1a, 2],
  'hidden sectors': [0x1c, 4],
  'total sectors': [0x28, 8],
  'place of $MFT': [0x30, 8],
  'place of $MFTMirr': [0x38, 8],
  'serial number': [0x48, 8],
  'boot code': [0x54, SECTOR - 0x54],
  'rest of $Boot': [SECTOR, 15 * SECTOR],
} as const;

/** The boot record of an NTFS volume (a file that holds one), and whether its copy at the end is the same. */
export async function readBootRecord(volume: string, bytes: number): Promise<FactSheet> {
  const boot = await readAt(volume, 0, 16 * SECTOR);
  const facts: Record<string, string> = {};
  for (const [name, [at, length]] of Object.entries(FIELDS)) {
    facts[name] = boot.subarray(at, at + length).toString('hex');
  }
  const copy = await readAt(volume, bytes - SECTOR, SECTOR);
  facts['copy at the end'] = copy.equals(boot.subarray(0, SECTOR)) ? 'the same' : 'another';
  return new Map([['boot record', facts]]);
}
