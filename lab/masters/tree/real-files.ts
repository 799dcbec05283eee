import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeEntry } from './entry.ts';

const SOURCES = ['/usr/share', '/usr/lib'];
const MAX_FILE = 1.5 * 1024 * 1024;

/** Characters and names that Windows would refuse. */
const REFUSED = /[<>:"\\|?*]|[\p{Cc}]|[ .]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/** Where each source's files go in the Windows tree. */
const PLACES: Readonly<Record<string, string>> = {
  '/usr/share': 'Program Files',
  '/usr/lib': 'WINDOWS/system32',
};

/**
 * Real files of the packages on this machine, the same choice for the same packages: ordered by a hash of
 * their path, so that they come from everywhere, until there are `maxFiles` or `maxBytes`.
 */
export function realFiles(limits: { readonly maxFiles: number; readonly maxBytes: number }): TreeEntry[] {
  const chosen: TreeEntry[] = [];
  const taken = new Set<string>();
  let bytes = 0;
  for (const { source, relativePath } of candidates()) {
    if (chosen.length >= limits.maxFiles || bytes >= limits.maxBytes) break;
    const path = `${PLACES[source]}/${relativePath}`;
    // Windows knows no two names that differ only in case.
    if (taken.has(path.toLowerCase()) || path.split('/').some((name) => REFUSED.test(name))) continue;
    const { size } = statSync(join(source, relativePath));
    if (size > MAX_FILE || bytes + size > limits.maxBytes) continue;
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      taken.add(path.slice(0, end).toLowerCase());
    bytes += size;
    chosen.push({ kind: 'file', path, content: { copyOf: join(source, relativePath) } });
  }
  return chosen;
}

function candidates(): { source: string; relativePath: string }[] {
  return SOURCES.flatMap((source) => filesBelow(source, '').map((relativePath) => ({ source, relativePath })))
    .map((file) => ({ ...file, order: createHash('sha256').update(file.relativePath).digest('hex') }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
}

function filesBelow(source: string, folder: string): string[] {
  return entriesOf(join(source, folder)).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(source, path);
    return entry.isFile() ? [path] : [];
  });
}

/** A folder that another program removes meanwhile counts as empty. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
