import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import { moduleInfo } from '../elf.ts';
import type { PackageTree } from '../package-tree.ts';

/** A kernel module that was chosen, unpacked. */
export interface KernelModule {
  /** As modprobe names it: underscores, no suffix. */
  readonly name: string;
  /** Path below `kernel/`, without compression suffix. */
  readonly path: string;
  readonly depends: readonly string[];
  readonly firmware: readonly string[];
}

/** The modules of one kernel, unpacked on demand into a folder. */
export interface ModuleSource {
  readonly release: string;
  /** Folder with the chosen modules unpacked under their paths below `kernel/`. */
  readonly folder: string;
  readonly packed: string;
  /** Module name to path below `kernel/`. */
  readonly paths: ReadonlyMap<string, string>;
  /** Names of modules that are part of the kernel itself. */
  readonly builtIn: ReadonlySet<string>;
  readonly tree: PackageTree;
  readonly known: Map<string, KernelModule>;
}

const SUFFIX = '.ko.xz';

/** Finds the kernel of the unpacked packages and lists its modules. */
export async function openModules(tree: PackageTree, folder: string): Promise<ModuleSource> {
  const base = join(tree.folder, 'usr/lib/modules');
  const releases = await readdir(base);
  const release = releases[0];
  if (release === undefined || releases.length !== 1) {
    throw new MimeoError('bootenv-build', `Expected one kernel in the packages, found ${releases.length}.`);
  }
  const packed = join(base, release, 'kernel');
  const files = await readdir(packed, { recursive: true });
  const paths = new Map(
    files
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => [moduleName(file), file.slice(0, -'.xz'.length)]),
  );
  const builtin = await readFile(join(packed, '../modules.builtin'), 'utf8');
  const builtIn = new Set(builtin.split('\n').map(moduleName));
  return { release, folder, packed, paths, builtIn, tree, known: new Map() };
}

/** `net/r8152.ko.xz` and `snd-hda` as modprobe names them. */
export function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

/**
 * The modules a list asks for (see `desktopModules`), in the list's order and without dependencies.
 *
 * @throws MimeoError `bootenv-build` when an entry names nothing in this kernel.
 */
export function chooseModules(
  list: readonly string[],
  { paths, builtIn }: Pick<ModuleSource, 'paths' | 'builtIn'>,
): string[] {
  const chosen = new Set<string>();
  for (const entry of list) {
    if (entry.startsWith('-')) {
      if (!chosen.delete(moduleName(entry.slice(1)))) throw nothingNamed(entry);
    } else if (entry.endsWith('/')) {
      const inside = [...paths].filter(([, path]) => path.startsWith(entry)).map(([name]) => name);
      if (inside.length === 0) throw nothingNamed(entry);
      for (const name of inside) chosen.add(name);
    } else if (paths.has(moduleName(entry))) chosen.add(moduleName(entry));
    else if (!builtIn.has(moduleName(entry))) throw nothingNamed(entry);
  }
  return [...chosen];
}

function nothingNamed(entry: string): MimeoError {
  return new MimeoError('bootenv-build', `The driver list names ${entry}, which this kernel does not have.`);
}

/**
 * Unpacks modules and all they depend on.
 *
 * @returns every module needed, each after those it depends on.
 */
export async function withModuleDependencies(
  source: ModuleSource,
  names: readonly string[],
): Promise<KernelModule[]> {
  let wave = [...names];
  while (wave.length > 0) {
    await unpack(
      source,
      wave.filter((name) => !source.known.has(name)),
    );
    wave = wave
      .flatMap((name) => source.known.get(name)?.depends ?? [])
      .filter((name, index, all) => !source.known.has(name) && all.indexOf(name) === index);
  }
  const order = new Map<string, KernelModule>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const module = source.known.get(name);
    // Soft dependencies may form circles.
    if (module === undefined || seen.has(name)) return;
    seen.add(name);
    for (const other of module.depends) visit(other);
    order.set(name, module);
  };
  for (const name of names) visit(name);
  return [...order.values()];
}

/** Copies the packed modules and unpacks them all in one run of xz, then reads what they say of themselves. */
async function unpack(source: ModuleSource, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const targets: string[] = [];
  for (const name of names) {
    const path = source.paths.get(name);
    if (path === undefined) throw new MimeoError('bootenv-build', `The kernel has no module ${name}.`);
    const target = join(source.folder, `${path}.xz`);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(source.packed, `${path}.xz`), target);
    targets.push(target);
  }
  await source.tree.run('usr/bin/xz', ['-d', '-q', ...targets]);
  for (const name of names) {
    const path = source.paths.get(name) ?? '';
    const info = moduleInfo(await readFile(join(source.folder, path)));
    const soft = info
      .filter(([key]) => key === 'softdep' || key === 'weakdep')
      .flatMap(([, value]) => value.split(/\s+/).map(moduleName))
      .filter((word) => source.paths.has(word));
    const hard = info
      .filter(([key]) => key === 'depends')
      .flatMap(([, value]) => value.split(','))
      .filter((word) => word !== '')
      .map(moduleName);
    source.known.set(name, {
      name,
      path,
      depends: [...new Set([...hard, ...soft])],
      firmware: info.filter(([key]) => key === 'firmware').map(([, value]) => value),
    });
  }
}
