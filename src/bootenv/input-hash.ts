import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFile } from './apt/workspace.ts';
import { filesBelow } from './package-tree.ts';

/** Files of this room that shape the layers; the others decide where packages come from and where files go. */
const RECIPE = [
  'compress-archive.ts',
  'cpio.ts',
  'elf.ts',
  'layers.ts',
  'libraries.ts',
  'package-tree.ts',
  'root-tree.ts',
  'squashfs.ts',
  'kernel/',
  'recipe/',
  'root/',
];

/** A hash of the recipe of the base layer: what of this room shapes it. */
export async function recipeHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesBelow(import.meta.dirname)) {
    if (file.endsWith('.test.ts') || !RECIPE.some((part) => file.startsWith(part))) continue;
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
