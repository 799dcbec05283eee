import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { recipeHash } from './input-hash.ts';
import type { BootEnvironment } from './types.ts';
import { bootFileNames } from './types.ts';

const bootFile = z.object({ size: z.int().nonnegative(), sha256: z.string().length(64) });

const description = z.object({
  format: z.literal(1),
  kernel: z.string(),
  recipe: z.string(),
  baseInput: z.string(),
  agent: z.string(),
  files: z.record(z.enum(bootFileNames), bootFile),
  packages: z.record(z.string(), z.string()),
  node: z.string(),
  missingFirmware: z.array(z.string()),
  builtAt: z.string(),
});

/** What is known of a boot environment's folder without building anything. */
export type BootEnvironmentState =
  | { readonly state: 'missing' }
  /** Files are gone, cut short or of another format; `reason` names the first. */
  | { readonly state: 'broken'; readonly reason: string }
  /** `current` is false when the builder has changed since; such an environment still works. */
  | { readonly state: 'complete'; readonly current: boolean; readonly environment: BootEnvironment };

/** Looks at a folder: is a boot environment there, with every file in its full length? Reads no content. */
export async function describeBootEnvironment(folder: string): Promise<BootEnvironmentState> {
  const text = await readFile(join(folder, 'bootenv.json'), 'utf8').catch(() => null);
  if (text === null) return { state: 'missing' };
  const environment = parseDescription(text);
  if (environment === null)
    return { state: 'broken', reason: 'bootenv.json is not a description of this version' };
  for (const name of bootFileNames) {
    const found = await stat(join(folder, name)).catch(() => null);
    const { size } = environment.files[name];
    if (found?.size !== size)
      return { state: 'broken', reason: `${name} has ${found?.size ?? 0} of ${size} bytes` };
  }
  return { state: 'complete', current: environment.recipe === (await recipeHash()), environment };
}

function parseDescription(text: string): BootEnvironment | null {
  try {
    return description.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
