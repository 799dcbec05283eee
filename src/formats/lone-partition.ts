import { randomBytes, randomUUID } from 'node:crypto';
import type { DiskLayout, Filesystem, SourceRegion } from '../image/index.ts';
import type { BootArea, FormerPartition } from './boot-area.ts';

const MIB = 1_048_576;
const SECTOR = 512;
/** What 32 bits of sectors reach. */
const MBR_LIMIT = 2 ** 32 * SECTOR;

/** Old kernels counted partitions in blocks, and told programs of no sectors behind the last one. */
const LARGEST_BLOCK = 4096;

const MICROSOFT_DATA = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
const LINUX_DATA = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

/** Partition types by what is in them; MBR: two hex digits, GPT: a GUID (UEFI and systemd specifications). */
const TYPES: Readonly<Record<string, { readonly mbr: string; readonly gpt: string }>> = {
  ntfs: { mbr: '07', gpt: MICROSOFT_DATA },
  exfat: { mbr: '07', gpt: MICROSOFT_DATA },
  fat: { mbr: '0C', gpt: MICROSOFT_DATA },
  swap: { mbr: '82', gpt: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F' },
  lvm: { mbr: '8E', gpt: 'E6D6D379-F507-44C2-A23C-238F2A3DF928' },
};

export interface LonePartition {
  readonly filesystem: Filesystem;
  /** Of the partition; rounded up to whole sectors. */
  readonly lengthBytes: number;
  /** Default: `mbr`, or `gpt` where an MBR cannot address it. */
  readonly table?: 'mbr' | 'gpt';
  /** The MBR's type, two hex digits, when the image knows better than its filesystem says. */
  readonly mbrType?: string;
  /** Of the disk that the partition was on, when the technician or the image has it. */
  readonly boot?: BootArea | null;
}

export interface LoneDisk {
  /** One partition, number 1: where it was, when that is known, else from 1 MiB on and active. */
  readonly layout: DiskLayout;
  readonly startByte: number;
  /** The loader between MBR and partition, when `boot` has one. */
  readonly gap: SourceRegion | null;
  /** For the technician, whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Makes the smallest disk around one partition whose own disk is not known. Without the old table the disk gets a
 * fresh, random id; with it, id and place stay: Windows knows its drive letters by the two.
 */
export function loneDisk(lone: LonePartition): LoneDisk {
  const ownBytes = Math.ceil(lone.lengthBytes / SECTOR) * SECTOR;
  const table = lone.table ?? (MIB + ownBytes > MBR_LIMIT ? 'gpt' : 'mbr');
  const boot = table === 'mbr' ? (lone.boot ?? null) : null;
  const former = formerPlace(boot, ownBytes);
  const lengthBytes = former?.lengthBytes ?? ownBytes;
  const startByte = former?.startByte ?? MIB;
  const types = TYPES[lone.filesystem] ?? { mbr: '83', gpt: LINUX_DATA };
  const layout: DiskLayout = {
    table,
    // A GPT keeps its second copy behind the last partition.
    diskBytes: Math.ceil((startByte + lengthBytes) / MIB) * MIB + (table === 'gpt' ? MIB : 0),
    sectorBytes: SECTOR,
    diskId: table === 'gpt' ? randomUUID().toUpperCase() : (former?.diskId ?? freshSignature()),
    bootCode: boot?.code ?? new Uint8Array(440),
    partitions: [
      {
        number: 1,
        startByte,
        lengthBytes,
        type: table === 'gpt' ? types.gpt : (former?.type ?? lone.mbrType ?? types.mbr),
        active: former?.active ?? table === 'mbr',
        gpt:
          table === 'gpt' ? { id: randomUUID().toUpperCase(), name: '', attributes: '0'.repeat(16) } : null,
      },
    ],
  };
  return {
    layout,
    startByte,
    gap: boot === null ? null : gapRegion(boot, startByte),
    warnings: words(table, boot),
  };
}

/** The entry of the old table that is as long as the partition; the active one when there are two. */
function formerPlace(
  boot: BootArea | null,
  lengthBytes: number,
): (FormerPartition & { readonly diskId: string | null }) | null {
  const table = boot?.table;
  if (table === null || table === undefined) return null;
  const [found] = table.partitions
    .filter(({ startByte, lengthBytes: length }) => {
      return startByte >= SECTOR && length >= lengthBytes && length < lengthBytes + LARGEST_BLOCK;
    })
    .sort((a, b) => a.lengthBytes - b.lengthBytes || Number(b.active) - Number(a.active));
  return found === undefined ? null : { ...found, diskId: table.diskId === '00000000' ? null : table.diskId };
}

function words(table: 'mbr' | 'gpt', boot: BootArea | null): string[] {
  if (table === 'gpt') {
    return [
      'The file holds one partition, not a disk: there is no EFI system partition in it, so the image does not ' +
        'start a machine by itself.',
    ];
  }
  if (boot !== null) return [];
  return [
    'The file holds one partition, not a disk: the boot code of its disk (MBR) is not in it, so the image does not ' +
      'start a machine by itself. Give it with --mbr FILE (the first 512 bytes of the old disk, `sda-mbr` in a ' +
      'Clonezilla folder).',
  ];
}

function freshSignature(): string {
  // 0 means "none" to Windows, which would then write one of its own.
  return ((randomBytes(4).readUInt32LE(0) || 1) >>> 0).toString(16).padStart(8, '0').toUpperCase();
}

function gapRegion({ loader }: BootArea, partitionStart: number): SourceRegion | null {
  const bytes = loader.subarray(0, partitionStart - SECTOR);
  if (bytes.every((byte) => byte === 0)) return null;
  return {
    kind: 'gap',
    partition: 0,
    filesystem: 'raw',
    label: '',
    startByte: SECTOR,
    lengthBytes: partitionStart - SECTOR,
    usedBytes: bytes.length,
    async *read(signal) {
      signal.throwIfAborted();
      yield { offset: 0, bytes };
    },
  };
}
