import { readdir, readFile } from 'node:fs/promises';

/** A file of /sys or /proc as trimmed text; null when it is missing, unreadable, empty or refuses to be read. */
export async function readFact(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'latin1')).split('\0').join('').trim().slice(0, 200);
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

/** The names in a folder of /sys, sorted; empty when it is missing. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch {
    return [];
  }
}
