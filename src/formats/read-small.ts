import { join } from 'node:path';
import { damaged } from './damage.ts';
import type { FolderPlace } from './place.ts';
import { openFile } from './plain-file.ts';

/** Tables, lists, and what lies before a first partition: no program keeps more than a MiB or two of any. */
const MOST_BYTES = 16 * 1_048_576;
const SECTOR = 512;

/**
 * One of the folder's small files; null when it is not there or empty.
 * @throws MimeoError `import-damaged` when it is so large that it cannot be what its name says; as {@link openFile}
 */
export async function readSmall(place: FolderPlace, name: string): Promise<Buffer | null> {
  if (!place.entries.includes(name)) return null;
  const path = join(place.path, name);
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size > MOST_BYTES) {
    throw damaged(
      { path, offset: MOST_BYTES, compressed: false },
      `it has ${size} bytes, and should end before`,
    );
  }
  const bytes = await file.readFile();
  return bytes.length === 0 ? null : bytes;
}

/**
 * As {@link readSmall}, of a file that holds sectors of a disk.
 * @throws MimeoError `import-damaged` when it ends inside of one
 */
export async function readSectors(place: FolderPlace, name: string): Promise<Buffer | null> {
  const bytes = await readSmall(place, name);
  if (bytes === null || bytes.length % SECTOR === 0) return bytes;
  throw damaged(
    { path: join(place.path, name), offset: bytes.length, compressed: false },
    `it ends there, inside of a sector of ${SECTOR} bytes`,
  );
}
