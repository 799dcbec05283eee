import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../durable-file.ts';
import { buildPackages, KERNEL_METAPACKAGE, plainPackages, toolPackages } from '../recipe/packages.ts';
import type { AptWorkspace, PackageFile } from './workspace.ts';
import { dependencyOf, describePackages, withDependencies } from './workspace.ts';

const remembered = z.object({
  key: z.string(),
  packages: z.array(
    z.object({ name: z.string(), version: z.string(), file: z.string(), size: z.int(), sha256: z.string() }),
  ),
});

/**
 * Every package the boot environment is made from, by the lists as they are now. The answer is kept beside
 * the lists, as apt takes seconds to give it.
 */
export async function neededPackages(workspace: AptWorkspace): Promise<PackageFile[]> {
  const path = join(workspace.folder, 'needed.json');
  const { mtimeMs } = await stat(join(workspace.folder, 'updated'));
  const names = [...toolPackages, ...buildPackages, KERNEL_METAPACKAGE, ...plainPackages];
  const key = createHash('sha256')
    .update([mtimeMs, ...names].join('\n'))
    .digest('hex');
  const known = parse(await readFile(path, 'utf8').catch(() => ''));
  if (known?.key === key) return known.packages;
  const closure = await withDependencies(workspace, [...toolPackages, ...buildPackages]);
  const kernel = await dependencyOf(workspace, KERNEL_METAPACKAGE);
  const packages = await describePackages(workspace, [...closure, ...plainPackages, kernel]);
  await writeDurably(path, JSON.stringify({ key, packages }));
  return packages;
}

function parse(text: string): z.infer<typeof remembered> | null {
  try {
    return remembered.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
