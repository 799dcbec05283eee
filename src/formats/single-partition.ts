import type { DiskLayout, Filesystem, ImageSource } from '../image/index.ts';
import type { ImportFormat, ImportOptions } from './import.ts';
import type { PartitionFormat, PartitionImage } from './partition-image.ts';
import { regionOf } from './region-of.ts';

const ALIGNMENT = 1 << 20;
const SECTOR_BYTES = 512;
const MBR_LIMIT = 2 ** 32 * SECTOR_BYTES;
const MICROSOFT_DATA = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
const LINUX_DATA = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

/** A file with one partition's content: a disk is made around it. */
export function singlePartition(format: PartitionFormat): ImportFormat {
  return {
    name: format.name,
    recognises: (place) => place.kind === 'file' && format.recognises(place.head),
    open: async (place, options) => {
      if (place.kind !== 'file') throw new TypeError('a partition image is a file');
      const image = await format.open(place.file, options.signal);
      return { kind: 'source', source: await diskAround(image, place.path, options) };
    },
  };
}

async function diskAround(image: PartitionImage, path: string, options: ImportOptions): Promise<ImageSource> {
  const lengthBytes = Math.ceil(image.lengthBytes / SECTOR_BYTES) * SECTOR_BYTES;
  const place = { partition: 1, startByte: ALIGNMENT, lengthBytes, path };
  const { region, warnings } = await regionOf(image, place, options.signal);
  const layout = layoutAround(lengthBytes, region.filesystem, options.partitionTable);
  return {
    disks: [{ layout, regions: [region] }],
    description: `${image.description} ${path}`,
    warnings: [
      ...warnings,
      `${path} holds one partition and no disk: a partition table (${layout.table.toUpperCase()}) was made around it, without boot code.`,
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function layoutAround(
  lengthBytes: number,
  filesystem: Filesystem,
  wanted: 'mbr' | 'gpt' | undefined,
): DiskLayout {
  const table = wanted ?? (ALIGNMENT + lengthBytes >= MBR_LIMIT ? 'gpt' : 'mbr');
  const windows = filesystem === 'ntfs' || filesystem === 'exfat' || filesystem === 'fat';
  const partition = { number: 1, startByte: ALIGNMENT, lengthBytes };
  return {
    table,
    // Room for the second copy of a GPT.
    diskBytes: Math.ceil((ALIGNMENT + lengthBytes) / ALIGNMENT) * ALIGNMENT + ALIGNMENT,
    sectorBytes: SECTOR_BYTES,
    diskId: table === 'mbr' ? randomHex(8) : crypto.randomUUID().toUpperCase(),
    bootCode: Buffer.alloc(440),
    partitions: [
      table === 'mbr'
        ? { ...partition, type: mbrType(filesystem), active: true, gpt: null }
        : {
            ...partition,
            type: windows ? MICROSOFT_DATA : LINUX_DATA,
            active: false,
            gpt: { id: crypto.randomUUID().toUpperCase(), name: '', attributes: '0000000000000000' },
          },
    ],
  };
}

function mbrType(filesystem: Filesystem): string {
  if (filesystem === 'ntfs' || filesystem === 'exfat') return '07';
  if (filesystem === 'fat') return '0C';
  return filesystem === 'swap' ? '82' : '83';
}

function randomHex(digits: number): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, digits).toUpperCase();
}
