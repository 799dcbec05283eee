import {
  CHUNK_BYTES,
  type ChunkTable,
  ChunkTableBuilder,
  chunkLength,
  type DiskImage,
  type DiskLayout,
  emptyMask,
  type Filesystem,
  fullMask,
  type PartitionLayout,
} from '../../../image/index.ts';
import { isExtended } from '../partition-role.ts';

export const GIB = 2 ** 30;
export const EFI = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
export const RESERVED = 'E3C9E316-0B5C-4DB8-817D-F92DF00215AE';
export const BASIC = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
export const RECOVERY = 'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC';
export const LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
export const SWAP = '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F';

/** A partition as a test writes it down. */
export interface Part {
  readonly start: number;
  readonly length: number;
  readonly type?: string;
  readonly number?: number;
  readonly filesystem?: Filesystem;
  readonly label?: string;
  /** Bytes in use, from its start; default none. */
  readonly used?: number;
  readonly active?: boolean;
  readonly attributes?: string;
}

/** One disk of an image with these partitions; nothing but the masks of its chunks is there. */
export function imageOf(
  table: 'mbr' | 'gpt',
  parts: readonly Part[],
  more: Partial<DiskLayout> = {},
): DiskImage {
  const partitions = parts.map(
    ({ start, length, type, number, active, attributes }, i): PartitionLayout => ({
      number: number ?? i + 1,
      startByte: start,
      lengthBytes: length,
      type: type ?? (table === 'mbr' ? '07' : BASIC),
      active: active ?? false,
      gpt:
        table === 'mbr'
          ? null
          : { id: guid(number ?? i + 1), name: '', attributes: attributes ?? '0'.repeat(16) },
    }),
  );
  const layout: DiskLayout = {
    table,
    // As small as the partitions allow, so that every larger target is larger.
    diskBytes: Math.max(...parts.map(({ start, length }) => start + length)) + 1_048_576,
    sectorBytes: 512,
    diskId: table === 'mbr' ? '0000ABCD' : guid(0),
    bootCode: Buffer.alloc(440),
    partitions,
    ...more,
  };
  const regions = parts.flatMap((part, i) => {
    const partition = partitions[i];
    if (partition === undefined || isExtended(layout, partition)) return [];
    const { startByte, lengthBytes, number } = partition;
    const filesystem = part.filesystem ?? 'ntfs';
    const label = part.label ?? '';
    const chunks = chunksUsed(lengthBytes, part.used ?? 0);
    return [
      { kind: 'partition' as const, partition: number, filesystem, label, startByte, lengthBytes, chunks },
    ];
  });
  return { layout, regions };
}

export function guid(n: number): string {
  return `00000001-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** A chunk table whose first bytes are used. */
function chunksUsed(lengthBytes: number, used: number): ChunkTable {
  const builder = new ChunkTableBuilder();
  const count = Math.ceil(lengthBytes / CHUNK_BYTES);
  const [full, empty] = [fullMask(), emptyMask()];
  for (let i = 0; i < count; i++) {
    if (i * CHUNK_BYTES < used) builder.append(ID, i + 1 < count ? full : lastMask(lengthBytes, i), 1);
    else builder.append(null, empty, 0);
  }
  return builder.build();
}

function lastMask(lengthBytes: number, i: number): Uint8Array {
  return fullMask(chunkLength(lengthBytes, i));
}

const ID = 'f'.repeat(64);
