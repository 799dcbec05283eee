import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, TEMPORARY_PREFIX } from '../../durable-file.ts';
import { MimeoError } from '../../errors.ts';
import { allDisks, allRegions, type DiskImage, type ImageIndex } from '../../image/index.ts';
import { partitionDevice } from '../layout/write-sfdisk-dump.ts';
import type { ReadChunk } from '../read-chunk.ts';
import { noRoom, refuseNoRoom, unusable } from '../work-room.ts';
import { imageFile } from './image-file.ts';
import { gapBytes } from './region-bytes.ts';
import { tableFiles } from './table-files.ts';
import { type ExportCodec, writeFileSynced } from './write-file.ts';

export interface ClonezillaExport {
  readonly index: ImageIndex;
  /** The raw bytes of a chunk, verified. */
  readonly chunk: ReadChunk;
  /** Where the image's own folder is made. */
  readonly folder: string;
  /** The folder's name: what Clonezilla calls the image. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Default: `zst`, which Clonezilla reads from 2.6.4 on. */
  readonly codec?: ExportCodec;
}

/** A partition compressed in one go becomes a little smaller than its chunks do, each on its own. */
const WORST_SHARE = 0.9;

/**
 * Writes an image as a folder that Clonezilla restores (and partclone.restore, its files): it has its name only
 * when it is whole. The first disk is called sda, the next sdb.
 *
 * @throws MimeoError `export-target-exists`, `export-no-room`; what `chunk` throws
 */
export async function exportClonezilla(options: ClonezillaExport): Promise<{ folder: string }> {
  const target = join(options.folder, options.name);
  await refuseExisting(target);
  const temporary = join(options.folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
  await refuseNoRoom(options.folder, WORST_SHARE * storedBytesOf(options.index), 'export-no-room');
  await mkdir(temporary).catch((error: unknown) => {
    throw unusable(error, options.folder, 'export-no-room');
  });
  try {
    await writeAll(temporary, options);
    await syncFolder(temporary);
    await refuseExisting(target);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw noRoom(error, options.folder, 'export-no-room');
  }
  await syncFolder(options.folder);
  return { folder: target };
}

async function refuseExisting(target: string): Promise<void> {
  const there = await stat(target).catch(() => null);
  if (there === null) return;
  throw new MimeoError('export-target-exists', `${target} exists already.`, {
    next: 'Name another folder, or remove this one first: a folder is never replaced.',
  });
}

async function writeAll(
  folder: string,
  { index, chunk, codec = 'zst', signal }: ClonezillaExport,
): Promise<void> {
  const sums: string[] = [];
  const write = async (name: string, content: AsyncIterable<Buffer> | Buffer, packed: ExportCodec | null) => {
    const stream = Buffer.isBuffer(content) ? [content] : content;
    sums.push(`${await writeFileSynced(join(folder, name), stream, packed, signal)}  ${name}`);
  };
  const text = (name: string, lines: readonly string[]): Promise<void> =>
    write(name, Buffer.from(lines.map((line) => `${line}\n`).join('')), null);
  const disks = allDisks(index).map((disk, i) => ({ disk, name: `sd${String.fromCharCode(97 + i)}` }));
  const parts: string[] = [];
  const filesystems = ['# <Device name>   <File system>   <Size>'];
  const devices = ['KNAME  NAME   SIZE TYPE FSTYPE MOUNTPOINT MODEL'];
  for (const { disk, name } of disks) {
    for (const [suffix, bytes] of tableFiles(disk, `/dev/${name}`))
      await write(`${name}${suffix}`, bytes, null);
    const gap = await gapBytes(disk, chunk);
    if (gap !== null) await write(`${name}-hidden-data-after-mbr`, gap, null);
    devices.push(`${name}  ${name}  ${mebibytes(disk.layout.diskBytes)} disk`);
    for (const region of partitionsOf(disk)) {
      const part = partitionDevice(name, region.partition);
      const file = await imageFile(region, part, { chunk, codec, signal });
      await write(file.name, file.content, file.codec);
      parts.push(part);
      filesystems.push(`/dev/${part} ${file.filesystem} ${mebibytes(region.lengthBytes)}`);
      devices.push(`${part}  ${part}  ${mebibytes(region.lengthBytes)} part ${file.filesystem}`);
    }
  }
  await text('disk', [disks.map(({ name }) => name).join(' ')]);
  await text('parts', [parts.join(' ')]);
  await text('dev-fs.list', filesystems);
  await text('blkdev.list', devices);
  await text('clonezilla-img', [
    `This image was exported by Mimeo: ${index.name}, version ${index.version}.`,
  ]);
  await text('SHA256SUMS', sums);
}

/** What the store needs for its chunks. */
function storedBytesOf(index: ImageIndex): number {
  let bytes = 0;
  for (const { chunks } of allRegions(index))
    for (let i = 0; i < chunks.count; i++) bytes += chunks.storedBytes(i);
  return bytes;
}

function partitionsOf({ regions }: DiskImage): DiskImage['regions'] {
  return regions.filter(({ kind }) => kind === 'partition').toSorted((a, b) => a.partition - b.partition);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)}M`;
}
