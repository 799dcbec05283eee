import { randomBytes } from 'node:crypto';
import { cp, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder, TEMPORARY_PREFIX } from '../durable-file.ts';
import { fileHash } from './input-hash.ts';
import type { BootEnvironment, BootFile, BootFileName } from './types.ts';
import { bootFileNames } from './types.ts';

/**
 * Puts a finished boot environment in place: everything is written to a folder beside, flushed, and swapped
 * in by renaming. A crash leaves the old one, the new one, or none, never a mixture.
 *
 * @param layers folder with the cached layers
 * @param agent the agent's archive, appended to the base layer
 */
export async function publish(
  folder: string,
  layers: string,
  agent: Buffer,
  facts: Omit<BootEnvironment, 'files' | 'format' | 'builtAt'>,
): Promise<BootEnvironment> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const prefix = `${TEMPORARY_PREFIX}${basename(folder)}-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const next = join(parent, `${prefix}${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(next);
    const environment = await fill(next, layers, agent, facts);
    const old = `${next}-old`;
    await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(next, folder);
    await syncFolder(parent);
    await rm(old, { recursive: true, force: true });
    return environment;
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    throw error;
  }
}

async function fill(
  next: string,
  layers: string,
  agent: Buffer,
  facts: Omit<BootEnvironment, 'files' | 'format' | 'builtAt'>,
): Promise<BootEnvironment> {
  await writeFile(join(next, 'initrd.img'), Buffer.concat([await readFile(join(layers, 'base.img')), agent]));
  const files: Partial<Record<BootFileName, BootFile>> = {};
  for (const name of bootFileNames) {
    const path = join(next, name);
    if (name !== 'initrd.img') await cp(join(layers, name), path);
    files[name] = { size: await flush(path), sha256: await fileHash(path) };
  }
  const environment: BootEnvironment = {
    format: 1,
    ...facts,
    files: files as Record<BootFileName, BootFile>,
    builtAt: new Date().toISOString(),
  };
  await writeFile(join(next, 'bootenv.json'), `${JSON.stringify(environment, null, 2)}\n`);
  await flush(join(next, 'bootenv.json'));
  await syncFolder(next);
  return environment;
}

/** Forces a file to the disk; answers its size. */
async function flush(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
