import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { recogniseFilesystem } from '../disk/index.ts';
import type { Import, ImportOptions } from './import.ts';
import type { PartitionImage } from './partition-image.ts';
import { headOf } from './region-of.ts';
import { noRoom, workFolder } from './work-room.ts';
import { writeAllAt } from './write-all-at.ts';

const TABLE_HEAD_BYTES = 68 * 1024;
const ENTRIES_AT = 446;
const ENTRY_BYTES = 16;

/**
 * Whether an image that should hold a partition holds a whole disk, as FOG's images of the kind "Raw" do: no known
 * filesystem, but a partition table with an entry.
 */
export async function holdsDisk(image: PartitionImage, signal: AbortSignal): Promise<boolean> {
  if (image.filesystem !== 'raw') return false;
  const head = await headOf(image, Math.min(TABLE_HEAD_BYTES, image.lengthBytes), signal);
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return false;
  if (recogniseFilesystem(head).filesystem !== 'raw') return false;
  const entries = [0, 1, 2, 3].map((i) =>
    head.subarray(ENTRIES_AT + i * ENTRY_BYTES, ENTRIES_AT + (i + 1) * ENTRY_BYTES),
  );
  const sane = entries.every((entry) => entry[0] === 0 || entry[0] === 0x80);
  return sane && entries.some((entry) => entry[4] !== 0);
}

/**
 * Writes the image out as a sparse file, to be captured like a disk.
 * @throws MimeoError `import-damaged`, `import-no-room`
 */
export async function diskInImage(
  image: PartitionImage,
  path: string,
  options: ImportOptions,
): Promise<Import> {
  const folder = await workFolder(options.workFolder, image.usedBytes ?? image.lengthBytes);
  try {
    const disk = join(folder.path, 'disk');
    await using file = await open(disk, 'w');
    await file.truncate(image.lengthBytes);
    for await (const { offset, bytes } of image.read(options.signal)) {
      if (bytes.some((byte) => byte !== 0)) await writeAllAt(file, bytes, offset);
    }
    return {
      kind: 'disk',
      path: disk,
      description: `${image.description} of a whole disk ${path}`,
      warnings: image.warnings,
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw noRoom(error, dirname(folder.path), 'import-no-room');
  }
}
