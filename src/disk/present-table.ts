import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import type { PresentTable } from './fit/fit-types.ts';
import { isExtended } from './fit/partition-role.ts';
import { readDiskLayout } from './layout.ts';
import { type Disk, openDisk, readAt } from './open-disk.ts';
import type { SavedTable } from './saved-table.ts';
import { readLayoutFrom } from './table/read-layout.ts';

/**
 * The partition table of a disk and the labels of its filesystems. A disk whose deploy was cut short has no table:
 * then the one that was saved before it counts, as far as it is of a disk of this size, and a partition counts only
 * where a filesystem is still to be seen.
 *
 * @param saved asked for only when the disk itself has no table
 * @returns null when there is none anywhere
 * @throws MimeoError `disk-failed`
 */
export async function readPresentTable(
  path: string,
  saved: () => Promise<SavedTable | null>,
): Promise<PresentTable | null> {
  await using disk = await openDisk(path, 'read');
  const own = await layoutOrNull(() => readDiskLayout(disk));
  if (own !== null) return { layout: own, labels: labelsOf(own, await probeAll(path, own)) };
  const table = await saved();
  if (table === null || table.diskBytes !== disk.sizeBytes) return null;
  const layout = await layoutOrNull(() => savedLayout(disk, table));
  if (layout === null) return null;
  const probed = await probeAll(path, layout);
  const partitions = layout.partitions.filter((one) => isExtended(layout, one) || probed.has(one.number));
  return { layout: { ...layout, partitions }, labels: labelsOf(layout, probed) };
}

/** Logical partitions are not in the saved pieces: their tables are still on the disk. */
function savedLayout(disk: Disk, { pieces }: SavedTable): Promise<DiskLayout> {
  return readLayoutFrom({
    name: `The saved table of ${disk.path}`,
    sizeBytes: disk.sizeBytes,
    sectorBytes: disk.sectorBytes,
    read: async (offset, length) => {
      const bytes = await readAt(disk, offset, length);
      for (const piece of pieces) {
        const from = Math.max(offset, piece.offset);
        const to = Math.min(offset + length, piece.offset + piece.bytes.length);
        if (from < to) piece.bytes.copy(bytes, from - offset, from - piece.offset, to - piece.offset);
      }
      return bytes;
    },
  });
}

async function layoutOrNull(read: () => Promise<DiskLayout>): Promise<DiskLayout | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MimeoError && error.code === 'table-unreadable') return null;
    throw error;
  }
}

/** What blkid sees in each partition; those in which it sees nothing are left out. */
async function probeAll(path: string, layout: DiskLayout): Promise<Map<number, Map<string, string>>> {
  const found = new Map<number, Map<string, string>>();
  for (const partition of layout.partitions) {
    if (isExtended(layout, partition)) continue;
    const tags = await probe(path, partition);
    if (tags.has('TYPE')) found.set(partition.number, tags);
  }
  return found;
}

async function probe(
  path: string,
  { startByte, lengthBytes }: PartitionLayout,
): Promise<Map<string, string>> {
  const where = ['--offset', String(startByte), '--size', String(lengthBytes)];
  // 2: nothing found there; 8: several things at once.
  const { stdout } = await run(['blkid', '--probe', '--output', 'export', ...where, path], {
    allowStatus: [0, 2, 8],
  });
  const lines = stdout.toString().split('\n');
  return new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf('=');
      // blkid puts a backslash before what a shell would take apart.
      return [line.slice(0, Math.max(0, at)), line.slice(at + 1).replace(/\\(.)/g, '$1')];
    }),
  );
}

function labelsOf(
  layout: DiskLayout,
  probed: ReadonlyMap<number, ReadonlyMap<string, string>>,
): Map<number, string> {
  const labels = layout.partitions.map(({ number }): [number, string] => [
    number,
    probed.get(number)?.get('LABEL') ?? '',
  ]);
  return new Map(labels.filter(([, label]) => label !== ''));
}
