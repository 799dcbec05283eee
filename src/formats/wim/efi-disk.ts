import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../command.ts';
import type { DiskLayout, PartitionLayout, SourceRegion } from '../../image/index.ts';
import type { PartitionImage } from '../partition-image.ts';
import { regionOf } from '../region-of.ts';
import { rawPartition } from '../virtual-disk/raw-partition.ts';
import type { DiskRequest, WimDisk } from './wim-disk.ts';

const MIB = 1_048_576;
/** Microsoft's layout: an EFI system partition, a reserved one, then Windows. */
const SYSTEM = { type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', startByte: MIB, lengthBytes: 100 * MIB };
const RESERVED = {
  type: 'E3C9E316-0B5C-4DB8-817D-F92DF00215AE',
  startByte: 101 * MIB,
  lengthBytes: 16 * MIB,
};
const MICROSOFT_DATA = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
/** Where the Windows partition begins. */
export const EFI_START = 117 * MIB;

const WORDS =
  'A WIM holds the files of a volume, and no boot files: a disk with this image does not start yet. Its EFI system ' +
  'partition is there and empty. Deploy it to one host, start that from a Windows installation medium, press ' +
  'Shift+F10, give the system partition a letter (diskpart: select volume, assign letter=S), run ' +
  'bcdboot C:\\Windows /s S: /f UEFI, and capture that host.';

/** A GPT disk with an empty EFI system partition, Microsoft's reserved one, and Windows. */
export async function efiDiskAround(image: PartitionImage, request: DiskRequest): Promise<WimDisk> {
  const system = await emptySystemPartition(join(request.folder, 'system'), request.signal);
  const lengthBytes = image.lengthBytes;
  const layout: DiskLayout = {
    table: 'gpt',
    diskBytes: Math.ceil((EFI_START + lengthBytes) / MIB) * MIB + MIB,
    sectorBytes: 512,
    diskId: randomUUID().toUpperCase(),
    bootCode: new Uint8Array(440),
    partitions: [
      partition(1, SYSTEM, 'EFI system partition'),
      partition(2, RESERVED, 'Microsoft reserved partition'),
      partition(3, { type: MICROSOFT_DATA, startByte: EFI_START, lengthBytes }, 'Basic data partition'),
    ],
  };
  const { path, signal } = request;
  const first = await regionOf(system, { partition: 1, ...SYSTEM, path }, signal);
  const place = { partition: 3, startByte: EFI_START, lengthBytes, path };
  const third = await regionOf({ ...image, warnings: [] }, place, signal);
  return {
    disk: { layout, regions: [first.region, reservedRegion(), third.region] },
    warnings: [...first.warnings, ...third.warnings, WORDS],
  };
}

function partition(
  number: number,
  { type, startByte, lengthBytes }: { type: string; startByte: number; lengthBytes: number },
  name: string,
): PartitionLayout {
  const gpt = { id: randomUUID().toUpperCase(), name, attributes: '0'.repeat(16) };
  return { number, startByte, lengthBytes, type, active: false, gpt };
}

async function emptySystemPartition(path: string, signal: AbortSignal): Promise<PartitionImage> {
  await using file = await open(path, 'wx');
  await file.truncate(SYSTEM.lengthBytes);
  await run(['mkfs.vfat', '-F', '32', '-n', 'SYSTEM', '-h', String(SYSTEM.startByte / 512), path], {
    signal,
  });
  return await rawPartition(path, signal);
}

/** Nothing is in it. */
function reservedRegion(): SourceRegion {
  const { startByte, lengthBytes } = RESERVED;
  return {
    kind: 'partition',
    partition: 2,
    filesystem: 'raw',
    label: '',
    startByte,
    lengthBytes,
    usedBytes: 0,
    async *read(signal) {
      signal.throwIfAborted();
      yield* [];
    },
  };
}
