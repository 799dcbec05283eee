import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readLayout, recogniseFilesystem } from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import { damaged } from '../damage.ts';
import type { Import, ImportOptions } from '../import.ts';
import type { FilePlace } from '../place.ts';
import { diskAround } from '../single-partition.ts';
import { rawPartition } from './raw-partition.ts';
import { unpackRaw } from './unpack-raw.ts';

/** Filesystems whose boot sector is the partition's first: where one is, there is no partition table. */
const BOOT_SECTOR_FIRST = ['ntfs', 'exfat', 'fat'];

/**
 * Opens a raw disk, or a raw partition. What is compressed or split is unpacked into a sparse file first.
 *
 * @throws MimeoError `import-damaged`, `import-unsupported`, `import-no-room`
 */
export async function openRaw(place: FilePlace, options: ImportOptions): Promise<Import> {
  const plain = place.file.codec === 'none' && place.file.pieces.length === 1;
  if (plain) return await openPlain(place, place.path, options, () => Promise.resolve());
  const unpacked = await unpackRaw(place.file, options);
  const drop = async (): Promise<void> => {
    await unpacked[Symbol.asyncDispose]();
  };
  try {
    return await openPlain(place, unpacked.path, options, drop);
  } catch (error) {
    await drop();
    throw error;
  }
}

async function openPlain(
  place: FilePlace,
  path: string,
  options: ImportOptions,
  drop: () => Promise<void>,
): Promise<Import> {
  const { filesystem } = recogniseFilesystem(place.head);
  const table = BOOT_SECTOR_FIRST.includes(filesystem) ? 'none' : await partitionsOf(place, path);
  if (table === 'some') {
    return {
      kind: 'disk',
      path,
      description: `raw disk ${basename(place.path)}`,
      warnings: [],
      [Symbol.asyncDispose]: drop,
    };
  }
  if (filesystem === 'raw') {
    throw new MimeoError(
      'import-unsupported',
      `${place.path} holds neither partitions nor a known filesystem.`,
    );
  }
  const image = await rawPartition(path, options.signal);
  const source = await diskAround(image, place.path, options);
  return { kind: 'source', source: { ...source, [Symbol.asyncDispose]: drop } };
}

async function partitionsOf(place: FilePlace, path: string): Promise<'some' | 'none'> {
  if (place.head.length < 512 || place.head.readUInt16LE(510) !== 0xaa55) return 'none';
  try {
    return (await readLayout(path)).partitions.length > 0 ? 'some' : 'none';
  } catch (error) {
    if (!(error instanceof MimeoError) || error.code !== 'table-unreadable') throw error;
    const { size } = await stat(path);
    throw damaged(
      { path: place.path, offset: size, compressed: place.file.codec !== 'none' },
      `it ends there, and ${error.message.replace(path, 'the disk in it').replace(/\.$/, '')}`,
      error,
    );
  }
}
