import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';
import { libraryClosure } from './libraries.ts';
import type { PackageTree } from './package-tree.ts';
import { filesBelow } from './package-tree.ts';
import { dataPaths, LARGE_FONT, toolLinks, tools } from './recipe/tools.ts';

/** Our own files of the root filesystem. */
export const rootFiles = join(import.meta.dirname, 'root');

const folders = [
  'dev',
  'proc',
  'sys',
  'run',
  'tmp',
  'mnt',
  'var',
  'root',
  'opt/mimeo',
  'etc',
  'usr/bin',
  'usr/sbin',
  'usr/lib',
  'usr/lib64',
  'usr/share/mimeo',
];

/** Links of the root, mostly because everything lies in /usr; tools look into mtab for what is mounted. */
const rootLinks = {
  'etc/mtab': '../proc/self/mounts',
  bin: 'usr/bin',
  sbin: 'usr/sbin',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  'var/run': '../run',
};

/**
 * Fills an empty folder with the root filesystem: tools, their libraries, Node, busybox' names and our own
 * files. Drivers are added by others.
 *
 * @param node the Node binary to take along, stripped on the way
 * @throws MimeoError `bootenv-build` when a tool or a library is missing.
 */
export async function buildRootTree(tree: PackageTree, node: string, root: string): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const [link, target] of Object.entries(rootLinks)) await symlink(target, join(root, link));
  for (const tool of tools) {
    if (!existsSync(join(tree.folder, tool.path))) {
      throw new MimeoError('bootenv-build', `The packages lack ${tool.path} (${tool.why}).`);
    }
    await copyProgram(join(tree.folder, tool.path), join(root, tool.path));
  }
  for (const path of dataPaths) {
    const source = join(tree.folder, path);
    if (existsSync(source)) await cp(source, join(root, path), { recursive: true, dereference: true });
  }
  const font = await readFile(join(tree.folder, LARGE_FONT));
  await writeFile(join(root, 'usr/share/mimeo/large.psf'), gunzipSync(font));
  await tree.run('usr/bin/strip', ['--strip-all', '-o', join(root, 'usr/bin/node'), node]);
  await copyLibraries(tree, root);
  for (const [link, target] of Object.entries(toolLinks)) {
    if (!existsSync(join(root, dirname(link), target))) {
      throw new MimeoError('bootenv-build', `${link} would lead to ${target}, which is not in the root.`);
    }
    await symlink(target, join(root, link));
  }
  await linkBusybox(root);
  await copyOwnFiles(root);
}

async function copyProgram(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target, { dereference: true });
  await chmod(target, 0o755);
}

async function copyLibraries(tree: PackageTree, root: string): Promise<void> {
  const programs = [...tools.map((tool) => join(root, tool.path)), join(root, 'usr/bin/node')];
  for (const path of await libraryClosure(tree.folder, programs)) {
    if (!existsSync(join(root, path))) await copyProgram(join(tree.folder, path), join(root, path));
  }
}

/** Gives every busybox command its name, where no fuller program has it. */
async function linkBusybox(root: string): Promise<void> {
  const { stdout } = await run([join(root, 'usr/bin/busybox'), '--list']);
  const left = new Set(['busybox', 'init', 'linuxrc', 'dpkg', 'dpkg-deb', 'rpm', 'rpm2cpio']);
  for (const name of stdout.toString().split('\n')) {
    if (name === '' || left.has(name)) continue;
    if (existsSync(join(root, 'usr/bin', name)) || existsSync(join(root, 'usr/sbin', name))) continue;
    await symlink('busybox', join(root, 'usr/bin', name));
  }
}

/** Scripts are executable, everything else is not. */
async function copyOwnFiles(root: string): Promise<void> {
  for (const file of await filesBelow(join(rootFiles, 'inner'))) {
    const content = await readFile(join(rootFiles, 'inner', file));
    const target = join(root, file);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, content.toString('latin1', 0, 2) === '#!' ? 0o755 : 0o644);
  }
}
