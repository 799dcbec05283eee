import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesBelow } from '../package-tree.ts';
import type { KernelModule } from './modules.ts';

const FIRMWARE = 'usr/lib/firmware';

/**
 * Copies the firmware that modules name into a root.
 *
 * @param skip firmware that another layer already has
 * @returns what was copied, and what the modules name but the packages do not have
 */
export async function copyFirmware(
  tree: string,
  modules: readonly KernelModule[],
  root: string,
  skip: ReadonlySet<string> = new Set(),
): Promise<{ copied: Set<string>; missing: string[] }> {
  const source = join(tree, FIRMWARE);
  const present = existsSync(source) ? await filesBelow(source) : [];
  const copied = new Set<string>();
  const missing: string[] = [];
  for (const name of new Set(modules.flatMap((module) => module.firmware))) {
    const files = present.filter((file) => matches(name, file));
    if (files.length === 0) missing.push(name);
    for (const file of files) {
      if (skip.has(file) || copied.has(file)) continue;
      await mkdir(dirname(join(root, FIRMWARE, file)), { recursive: true });
      await cp(join(source, file), join(root, FIRMWARE, file), { dereference: true });
      copied.add(file);
    }
  }
  return { copied, missing: missing.sort() };
}

/** Some drivers name their firmware with a `*`. */
function matches(name: string, file: string): boolean {
  if (!name.includes('*')) return name === file;
  const pattern = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(file);
}
