import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderPlace } from '../place.ts';

/** The words of one of the folder's small lists, such as `disk`: `sda sdb`. */
export async function readWords(place: FolderPlace, name: string): Promise<string[]> {
  const text = await readFile(join(place.path, name), 'utf8');
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `UUID="…"` lines, as a map. They are never evaluated. */
export async function readAssignments(place: FolderPlace, name: string): Promise<Map<string, string>> {
  const text = await readFile(join(place.path, name), 'utf8');
  const pairs = text.matchAll(/^\s*([A-Za-z_]+)=(?:"([^"]*)"|'([^']*)'|(\S*))/gm);
  return new Map(
    [...pairs].map(([, key = '', double, single, bare]) => [key, double ?? single ?? bare ?? '']),
  );
}
