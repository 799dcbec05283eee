import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { run } from '../../command.ts';
import { syncFolder, TEMPORARY_PREFIX } from '../../durable-file.ts';
import { MimeoError } from '../../errors.ts';
import { allDisks, type DiskImage, type ImageIndex } from '../../image/index.ts';
import type { ReadChunk } from '../read-chunk.ts';
import { requireTool } from '../require-tool.ts';
import { noRoom, refuseNoRoom } from '../work-room.ts';
import { canShowDisks, fuseView } from './fuse-view.ts';
import { type ExportProgress, usedBytesOf, writeDisk } from './write-disk.ts';

export interface DiskExport {
  readonly index: ImageIndex;
  /** The raw bytes of a chunk, verified. */
  readonly chunk: ReadChunk;
  /** The file that is made; of an image with several disks the others get a number before the extension. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Whether a file of this name may be replaced. */
  readonly force?: boolean;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** What writing one disk needs. */
type Job = Parameters<typeof writeDisk>[2];

/**
 * Writes an image's disks as sparse raw files, each of which has its name only when it is whole.
 *
 * @returns the files, the disk that starts the machine first
 * @throws MimeoError `export-target-exists`, `export-no-room`; what `chunk` throws
 */
export function exportRaw(options: DiskExport): Promise<{ paths: string[] }> {
  return exportDisks(options, writeRaw);
}

/**
 * As {@link exportRaw}, as qcow2 files; qemu-img checks each before it gets its name.
 * @throws MimeoError `import-tool-missing` too
 */
export async function exportQcow2(options: DiskExport): Promise<{ paths: string[] }> {
  await requireTool('qemu-img', 'qemu-utils');
  return await exportDisks(options, writeQcow2);
}

async function exportDisks(
  { index, path, chunk, signal, force = false, onProgress }: DiskExport,
  write: (disk: DiskImage, file: string, job: Job) => Promise<void>,
): Promise<{ paths: string[] }> {
  const disks = allDisks(index).map((disk, i) => ({ disk, path: numbered(path, i) }));
  for (const target of disks) await refuseExisting(target.path, force);
  const folder = dirname(path);
  const totalBytes = disks.reduce((sum, { disk }) => sum + usedBytesOf(disk), 0);
  await refuseNoRoom(folder, totalBytes, 'export-no-room');
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ doneBytes, totalBytes });
  };
  const written: { temporary: string; path: string }[] = [];
  try {
    for (const target of disks) {
      const temporary = join(folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
      written.push({ temporary, path: target.path });
      await write(target.disk, temporary, { chunk, signal, onBytes });
    }
    for (const target of written) {
      await refuseExisting(target.path, force);
      await rename(target.temporary, target.path);
    }
  } catch (error) {
    for (const { temporary } of written) await rm(temporary, { force: true });
    throw noRoom(error, folder, 'export-no-room');
  }
  await syncFolder(folder);
  return { paths: disks.map((target) => target.path) };
}

async function writeRaw({ layout, regions }: DiskImage, file: string, job: Job): Promise<void> {
  await blank(file, layout.diskBytes);
  await writeDisk({ layout, regions }, file, job);
}

async function writeQcow2(disk: DiskImage, file: string, job: Job): Promise<void> {
  if (await canShowDisks()) {
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', file, String(disk.layout.diskBytes)]);
    const node = { driver: 'qcow2', file: { driver: 'file', filename: file } };
    const view = await fuseView(node, 'write', job.signal).catch(() => null);
    if (view !== null) {
      await using shown = view;
      await writeDisk(disk, shown.path, job);
    } else await convert(disk, file, job);
  } else await convert(disk, file, job);
  // Exit status 0 says that nothing is wrong, not even a cluster too many.
  await run(['qemu-img', 'check', '-q', '-f', 'qcow2', file]);
  await using written = await open(file, 'r+');
  await written.sync();
}

/** The way where disks cannot be shown: a raw file beside, for which there must be room as well. */
async function convert(disk: DiskImage, file: string, job: Job): Promise<void> {
  const raw = `${file}.raw`;
  try {
    await refuseNoRoom(dirname(file), 2 * usedBytesOf(disk), 'export-no-room');
    await writeRaw(disk, raw, job);
    await run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, file], { signal: job.signal });
  } finally {
    await rm(raw, { force: true });
  }
}

async function blank(path: string, sizeBytes: number): Promise<void> {
  await using file = await open(path, 'wx');
  await file.truncate(sizeBytes);
}

/** `lab.qcow2`, `lab-2.qcow2`, … */
function numbered(path: string, i: number): string {
  if (i === 0) return path;
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${i + 1}${extension}`);
}

/** A device or a folder is replaced by nobody's wish: a file in the place of a disk's node would lie in memory. */
async function refuseExisting(target: string, force: boolean): Promise<void> {
  const there = await stat(target).catch(() => null);
  if (there === null || (force && there.isFile())) return;
  if (there.isFile()) throw new MimeoError('export-target-exists', `${target} exists already.`);
  const what = there.isDirectory() ? 'a folder' : 'a device or a pipe';
  throw new MimeoError('export-target-exists', `${target} is ${what}; an image is exported to a file.`, {
    next: there.isDirectory()
      ? `Name a file in it, like ${join(target, 'disk.raw')}.`
      : 'Name a file; to write an image to the disk of a machine, deploy it there.',
  });
}
