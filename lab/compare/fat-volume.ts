import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import type { FactSheet } from './facts.ts';

/** The files of a FAT volume (a file that holds one), by content and time; read with mtools. */
export async function readFatVolume(file: string, scratch: string): Promise<FactSheet> {
  await mkdir(scratch);
  // -s: with folders, -m: keep times, -Q: stop at the first error.
  await run(['mcopy', '-s', '-m', '-Q', '-i', file, '::/', scratch]);
  const sheet = new Map<string, Record<string, string>>();
  for (const entry of await readdir(scratch, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const place = path.slice(scratch.length + 1);
    if (entry.isDirectory()) {
      sheet.set(place, { kind: 'folder' });
    } else {
      const content = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      sheet.set(place, { kind: 'file', content, time: (await stat(path)).mtime.toISOString() });
    }
  }
  await rm(scratch, { recursive: true });
  return sheet;
}
