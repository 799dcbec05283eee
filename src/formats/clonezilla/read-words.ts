import type { FolderPlace } from '../place.ts';
import { readSmall } from '../read-small.ts';

/** The words of one of the folder's small lists, such as `disk`: `sda sdb`. */
export async function readWords(place: FolderPlace, name: string): Promise<string[]> {
  const text = (await readSmall(place, name))?.toString() ?? '';
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `UUID="…"` lines, as a map. They are never evaluated. */
export async function readAssignments(place: FolderPlace, name: string): Promise<Map<string, string>> {
  const text = (await readSmall(place, name))?.toString() ?? '';
  const pairs = text.matchAll(/^\s*([A-Za-z_]+)=(?:"([^"]*)"|'([^']*)'|(\S*))/gm);
  return new Map(
    [...pairs].map(([, key = '', double, single, bare]) => [key, double ?? single ?? bare ?? '']),
  );
}
