import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compressArchive } from './compress-archive.ts';
import type { CpioEntry } from './cpio.ts';
import { writeCpio } from './cpio.ts';
import type { AliasTable } from './kernel/aliases.ts';
import { parseAliases } from './kernel/aliases.ts';
import { copyFirmware } from './kernel/firmware.ts';
import type { KernelModule, ModuleSource } from './kernel/modules.ts';
import { chooseModules, openModules, withModuleDependencies } from './kernel/modules.ts';
import type { PackageTree } from './package-tree.ts';
import { desktopModules } from './recipe/desktop-modules.ts';
import { extraModules } from './recipe/extra-modules.ts';
import { buildRootTree, rootFiles } from './root-tree.ts';
import { packSquashfs } from './squashfs.ts';
import type { BuildProgress } from './types.ts';

/** What the layers tell about themselves, kept beside them in the cache. */
export interface LayerFacts {
  readonly kernel: string;
  readonly missingFirmware: readonly string[];
}

/** Modules that must be loaded before the root filesystem can be mounted. */
const rootModules = ['loop', 'squashfs', 'overlay'];

/**
 * Builds everything but the agent into `out`: `vmlinuz`, `base.img` (the initramfs without the agent),
 * `extra.img`, `extra-aliases.json`, the iPXE programs.
 *
 * @param work an empty folder for the pieces
 */
export async function buildLayers(
  tree: PackageTree,
  node: string,
  work: string,
  out: string,
  onProgress: (progress: BuildProgress) => void,
): Promise<LayerFacts> {
  onProgress({ step: 'modules', text: 'choosing drivers and firmware' });
  const source = await openModules(tree, join(work, 'modules'));
  const { release } = source;
  const base = await withModuleDependencies(source, chooseModules(desktopModules, source));
  const inBase = new Set(base.map((module) => module.name));
  const wanted = await withModuleDependencies(source, chooseModules(extraModules, source));
  const extra = wanted.filter((module) => !inBase.has(module.name));

  onProgress({ step: 'root', text: `filling the root filesystem (${base.length} drivers)` });
  const root = join(work, 'root');
  await buildRootTree(tree, node, root);
  const baseFirmware = await copyFirmware(tree.folder, base, root);
  await installModules(source, base, root);
  const extraRoot = join(work, 'extra');
  const extraFirmware = await copyFirmware(tree.folder, extra, extraRoot, baseFirmware.copied);
  const aliases = await installExtra(source, base, extra, work, extraRoot);
  await writeFile(
    join(root, 'usr/share/mimeo/extra-aliases'),
    `${aliases.map(([pattern, module]) => `${pattern} ${module}`).join('\n')}\n`,
  );

  onProgress({ step: 'compress', text: 'compressing the root filesystem' });
  await packSquashfs(tree, root, join(work, 'root.squashfs'));
  onProgress({ step: 'compress', text: `compressing the second layer (${extra.length} drivers)` });
  await packSquashfs(tree, extraRoot, join(work, 'extra.squashfs'));

  await mkdir(out, { recursive: true });
  await writeFile(
    join(out, 'base.img'),
    await baseArchive(tree, source, await readFile(join(work, 'root.squashfs'))),
  );
  const extraFile: CpioEntry = {
    kind: 'file',
    path: 'extra.squashfs',
    content: await readFile(join(work, 'extra.squashfs')),
  };
  await writeFile(join(out, 'extra.img'), writeCpio([extraFile]));
  await writeFile(join(out, 'extra-aliases.json'), JSON.stringify(aliases));
  await cp(join(tree.folder, 'boot', `vmlinuz-${release}`), join(out, 'vmlinuz'));
  for (const name of ['undionly.kpxe', 'snponly.efi'])
    await cp(join(tree.folder, 'usr/lib/ipxe', name), join(out, name));
  return {
    kernel: release,
    missingFirmware: [...new Set([...baseFirmware.missing, ...extraFirmware.missing])].sort(),
  };
}

/** Copies modules below a root and lets depmod index them. */
async function installModules(
  source: ModuleSource,
  modules: readonly KernelModule[],
  root: string,
): Promise<void> {
  const folder = join('usr/lib/modules', source.release);
  for (const { path } of modules)
    await copyFile(join(source.folder, path), join(root, folder, 'kernel', path));
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
    await copyFile(join(source.packed, '..', name), join(root, folder, name));
  }
  await source.tree.run('usr/sbin/depmod', ['-b', join(root, 'usr'), source.release]);
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo', 'modules.symbols']) {
    await rm(join(root, folder, name), { force: true });
  }
}

/**
 * The second layer holds its own modules, and the index of both layers, as it is laid over the first.
 *
 * @returns the devices that only this layer drives
 */
async function installExtra(
  source: ModuleSource,
  base: readonly KernelModule[],
  extra: readonly KernelModule[],
  work: string,
  root: string,
): Promise<AliasTable> {
  const both = join(work, 'both');
  await installModules(source, [...base, ...extra], both);
  const folder = join('usr/lib/modules', source.release);
  for (const { path } of base) await rm(join(both, folder, 'kernel', path));
  await cp(join(both, folder), join(root, folder), { recursive: true });
  const names = new Set(extra.map((module) => module.name));
  const all = parseAliases(await readFile(join(root, folder, 'modules.alias'), 'utf8'));
  const inBase = new Set(all.filter(([, module]) => !names.has(module)).map(([pattern]) => pattern));
  return all.filter(
    ([pattern, module]) => names.has(module) && pattern.startsWith('pci:') && !inBase.has(pattern),
  );
}

/** The outer initramfs, small and compressed, followed by the root filesystem that it mounts. */
async function baseArchive(tree: PackageTree, source: ModuleSource, squashfs: Buffer): Promise<Buffer> {
  const modules = await withModuleDependencies(source, rootModules);
  const entries: CpioEntry[] = ['bin', 'dev', 'proc', 'sys', 'run', 'modules', 'root'].map((path) => ({
    kind: 'folder',
    path,
  }));
  const file = async (path: string, from: string, mode: number): Promise<void> => {
    entries.push({ kind: 'file', path, content: await readFile(from), mode });
  };
  await file('bin/busybox', join(tree.folder, 'usr/bin/busybox'), 0o755);
  await file('init', join(rootFiles, 'outer/init'), 0o755);
  for (const { name, path } of modules) await file(`modules/${name}.ko`, join(source.folder, path), 0o644);
  entries.push({
    kind: 'file',
    path: 'modules/order',
    content: Buffer.from(`${modules.map((module) => module.name).join('\n')}\n`),
  });
  const outer = compressArchive(writeCpio(entries));
  return Buffer.concat([outer, writeCpio([{ kind: 'file', path: 'root.squashfs', content: squashfs }])]);
}

async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}
