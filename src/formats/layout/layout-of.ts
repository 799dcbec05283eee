import { randomBytes } from 'node:crypto';
import type { DiskLayout } from '../../image/index.ts';
import type { SfdiskDump } from './sfdisk-dump.ts';

const MIB = 1_048_576;
const BOOT_CODE_BYTES = 440;
const GPT_ENTRIES_BYTES = 16_384;

export interface LayoutFacts {
  /** When a file of the image tells it. */
  readonly diskBytes: number | null;
  /** The disk's first sector, or more; null when it was not saved. */
  readonly firstSector: Buffer | null;
}

/** The layout that an sfdisk dump describes, completed with what else is known of its disk. */
export function layoutOf(dump: SfdiskDump, { diskBytes, firstSector }: LayoutFacts): DiskLayout {
  const code = Buffer.alloc(BOOT_CODE_BYTES);
  firstSector?.copy(code, 0, 0, BOOT_CODE_BYTES);
  return {
    table: dump.table,
    diskBytes: Math.max(diskBytes ?? 0, smallestDisk(dump)),
    sectorBytes: dump.sectorBytes,
    // Only an MBR's may be missing, in the dump of an old sfdisk.
    diskId: dump.diskId ?? signatureOf(firstSector),
    bootCode: code,
    partitions: dump.partitions,
  };
}

/** What the disk must have had: to the end of its GPT, or of its last partition. */
function smallestDisk({ table, sectorBytes, lastUsable, partitions }: SfdiskDump): number {
  const end = Math.max(...partitions.map(({ startByte, lengthBytes }) => startByte + lengthBytes));
  if (table === 'mbr') return Math.ceil(end / MIB) * MIB;
  const secondTable = GPT_ENTRIES_BYTES + sectorBytes;
  if (lastUsable !== null) return Math.max(end, (lastUsable + 1) * sectorBytes) + secondTable;
  return Math.ceil((end + secondTable) / MIB) * MIB;
}

function signatureOf(sector: Buffer | null): string {
  const bytes = sector !== null && sector.length >= 444 ? sector.subarray(440, 444) : randomBytes(4);
  return Buffer.from(bytes).reverse().toString('hex').toUpperCase();
}
