import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderPlace } from './place.ts';

/** One of the folder's small files; null when it is not there or empty. */
export async function readSmall(place: FolderPlace, name: string): Promise<Buffer | null> {
  if (!place.entries.includes(name)) return null;
  const bytes = await readFile(join(place.path, name));
  return bytes.length === 0 ? null : bytes;
}
