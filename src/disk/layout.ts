import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import type { DiskLayout } from '../image/index.ts';
import { flushDisk } from './flush.ts';
import { type Disk, openDisk, readAt, writeAt } from './open-disk.ts';
import { encodeLayout } from './table/encode-layout.ts';
import type { Geometry } from './table/geometry.ts';
import { readLayoutFrom } from './table/read-layout.ts';
import { sameLayout } from './table/refuse-unwritable.ts';

/**
 * Reads the partition table of a disk by its path.
 * @throws MimeoError `table-unreadable`, `disk-failed`
 */
export async function readLayout(path: string): Promise<DiskLayout> {
  await using disk = await openDisk(path, 'read');
  return await readDiskLayout(disk);
}

/** Reads the partition table of an open disk; errors as {@link readLayout}. */
export function readDiskLayout(disk: Disk): Promise<DiskLayout> {
  const { path: name, sizeBytes, sectorBytes } = disk;
  return readLayoutFrom({
    name,
    sizeBytes,
    sectorBytes,
    read: (offset, length) => readAt(disk, offset, length),
  });
}

/**
 * Writes partition table and boot code, sector 0 last and on its own, and reads them back.
 *
 * @throws MimeoError `table-unwritable` before anything is written; `disk-lies` when the table does not read back as written
 */
export async function writeLayout(disk: Disk, layout: DiskLayout, geometry?: Geometry): Promise<void> {
  const writes = encodeLayout(layout, geometry);
  for (const { offset, bytes } of writes) {
    if (offset === 0) await disk.handle.datasync();
    await writeAt(disk, offset, bytes);
  }
  await flushDisk(disk);
  for (const { offset, bytes } of writes) {
    if (!(await readAt(disk, offset, bytes.length)).equals(bytes)) {
      throw new MimeoError(
        'disk-lies',
        `The partition table at byte ${offset} of ${disk.path} did not read back as written.`,
      );
    }
  }
  if (!sameLayout(await readDiskLayout(disk), layout)) {
    throw new MimeoError('internal', `The partition table of ${disk.path} reads back as another layout.`);
  }
}

/**
 * Tells the kernel that the table has changed; the disk must not be open for writing any more. That the kernel
 * may refuse is no failure: nothing of ours relies on its partitions.
 */
export async function announceLayout(disk: { path: string; isBlockDevice: boolean }): Promise<void> {
  if (disk.isBlockDevice) await run(['blockdev', '--rereadpt', disk.path], { allowStatus: [0, 1] });
}
