import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged } from './damage.ts';
import type { FolderPlace } from './place.ts';
import { statFile } from './plain-file.ts';

/** Tables, lists, and what lies before a first partition: no program keeps more than a MiB or two of any. */
const MOST_BYTES = 16 * 1_048_576;

/**
 * One of the folder's small files; null when it is not there or empty.
 * @throws MimeoError `import-damaged` when it is no file, or so large that it cannot be what its name says
 */
export async function readSmall(place: FolderPlace, name: string): Promise<Buffer | null> {
  if (!place.entries.includes(name)) return null;
  const path = join(place.path, name);
  const { size } = await statFile(path);
  if (size > MOST_BYTES) {
    throw damaged(
      { path, offset: MOST_BYTES, compressed: false },
      `it has ${size} bytes, and should end before`,
    );
  }
  const bytes = await readFile(path);
  return bytes.length === 0 ? null : bytes;
}
