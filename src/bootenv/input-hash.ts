import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFile } from './apt/workspace.ts';
import { filesBelow } from './package-tree.ts';

/** A hash of this room's own files, tests left out: the recipe of the base layer. */
export async function recipeHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesBelow(import.meta.dirname)) {
    if (file.endsWith('.test.ts')) continue;
    hash
      .update(`${file}\0`)
      .update(await readFile(join(import.meta.dirname, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** A hash of everything the base layer is made from. */
export async function baseInputHash(packages: readonly PackageFile[], node: string): Promise<string> {
  const hash = createHash('sha256').update(await recipeHash());
  for (const one of packages) hash.update(`\n${one.file} ${one.sha256}`);
  return hash.update(`\n${await fileHash(node)}`).digest('hex');
}

/** SHA-256 of a file, lower-case hex. */
export async function fileHash(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
