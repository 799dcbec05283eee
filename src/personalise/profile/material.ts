import type { DeliveredFile } from '../settings.ts';
import type { RegistryTemplate } from '../types.ts';
import { defaultCommand, packageFolder } from './packages.ts';
import type { Place, ProfileProblem } from './problem.ts';
import type { Profiles } from './profiles.ts';
import type { PackageSheet } from './sheet-schema.ts';
import { fitsWildcard, keyOf } from './wildcard.ts';

/** A folder of the share with all files in it. */
export interface ShareFolder {
  /** In the spelling of the share. */
  readonly path: string;
  readonly files: readonly DeliveredFile[];
}

/** What of the share and of the secrets the profiles name, read: plain data. Maps are by {@link keyOf} the name. */
export interface Material {
  /** All of the folder `registry`, in the order of their names (`labs/r101.reg`). */
  readonly registryFiles: readonly RegistryTemplate[];
  readonly packageFolders: ReadonlyMap<string, ShareFolder>;
  readonly driverFolders: ReadonlyMap<string, ShareFolder>;
  /** By their exact names. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** One thing outside of the profiles that they name. */
export interface Need {
  readonly kind: 'package' | 'driver' | 'secret';
  readonly name: string;
  readonly at: Place;
  /** A package that runs a command of its own need not have files. */
  readonly optional: boolean;
}

/** All that has to be read before hosts can be resolved. */
export function needsOf(profiles: Profiles): Need[] {
  const needs: Need[] = [];
  for (const { definition, at } of [...profiles.packages.values()].flat()) {
    const { command, folder, files } = definition;
    const optional = command !== undefined && folder === undefined && files === undefined;
    needs.push({ kind: 'package', name: packageFolder(definition), at, optional });
  }
  for (const { definition, placeOf } of profiles.printers.values()) {
    const folder = infFolder(definition.inf ?? '');
    if (folder !== null) needs.push({ kind: 'driver', name: folder, at: placeOf('inf'), optional: false });
  }
  for (const { content, tree } of profiles.sheets) {
    for (const [index, written] of (content.drivers?.folders ?? []).entries()) {
      const at = tree.placeOf(['drivers', 'folders', index]);
      if (!written.startsWith('!')) needs.push({ kind: 'driver', name: written, at, optional: false });
    }
    needs.push(
      ...secretPaths(content, []).map((path): Need => {
        const name = path.reduce<unknown>(
          (here, key) => (here as Readonly<Record<PropertyKey, unknown>>)[key],
          content,
        );
        return { kind: 'secret', name: String(name), at: tree.placeOf(path), optional: false };
      }),
    );
  }
  return needs;
}

/** Where a value is `{ secret = "…" }`: nothing else in a profile has that key. */
function secretPaths(value: unknown, path: readonly PropertyKey[]): PropertyKey[][] {
  if (typeof value !== 'object' || value === null) return [];
  const children: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return children.flatMap(([key, child]) =>
    key === 'secret' && typeof child === 'string' ? [[...path, key]] : secretPaths(child, [...path, key]),
  );
}

/** The folder of `HP/LaserJet/hp.inf`; null for a file in no folder. */
export function infFolder(inf: string): string | null {
  const end = inf.lastIndexOf('/');
  return end < 0 ? null : inf.slice(0, end);
}

const WHERE = {
  package: ['There is no folder', "in the share's packages", 'Put it there, or correct the name.'],
  driver: ['There is no folder', "in the share's drivers", 'Put it there, or correct the name.'],
  secret: [
    'There is no secret',
    'on this server',
    "Write it into a file of that name in the folder secrets of the server's data, readable by nobody else.",
  ],
} as const;

/** Names of the profiles that nothing in the share or among the secrets has. */
export function materialProblems(profiles: Profiles, material: Material): ProfileProblem[] {
  const problems = needsOf(profiles)
    .filter((need) => !need.optional && !isThere(material, need))
    .map(({ kind, name, at }): ProfileProblem => {
      const [what, where, next] = WHERE[kind];
      return { at, message: `${what} ${name} ${where}.`, next };
    });
  for (const { definition, at, placeOf } of [...profiles.packages.values()].flat()) {
    const folder = material.packageFolders.get(keyOf(packageFolder(definition)));
    if (folder === undefined) continue;
    for (const [index, pattern] of (definition.files ?? []).entries()) {
      if (folder.files.some(({ path }) => fitsPath(pattern, path))) continue;
      const message = `There is no file ${pattern} in packages/${folder.path}.`;
      problems.push({ at: placeOf('files', index), message, next: 'Put it there, or correct the name.' });
    }
    if (definition.command === undefined && defaultCommand(packageFiles(definition, material)) === null) {
      const message = `The package ${definition.name} has no command, and not exactly one .msi file that could be installed without.`;
      problems.push({ at, message, next: "Add command, for example: command = 'setup.exe /S'." });
    }
  }
  for (const { definition, placeOf } of profiles.printers.values()) {
    const { inf } = definition;
    if (inf === undefined) continue;
    const folder = material.driverFolders.get(keyOf(infFolder(inf) ?? ''));
    const name = inf.slice(inf.lastIndexOf('/') + 1);
    if (folder !== undefined && !folder.files.some(({ path }) => keyOf(path) === keyOf(name))) {
      const message = `There is no file ${name} in drivers/${folder.path}.`;
      problems.push({ at: placeOf('inf'), message, next: 'Put it there, or correct the name.' });
    }
  }
  return problems;
}

function isThere(material: Material, { kind, name }: Need): boolean {
  if (kind === 'secret') return material.secrets.has(name);
  return (kind === 'package' ? material.packageFolders : material.driverFolders).has(keyOf(name));
}

/** The files of a package: all of its folder, or those that it names, in their order. */
export function packageFiles(sheet: PackageSheet, material: Material): readonly DeliveredFile[] {
  const all = material.packageFolders.get(keyOf(packageFolder(sheet)))?.files ?? [];
  const { files } = sheet;
  return files === undefined
    ? all
    : all.filter(({ path }) => files.some((pattern) => fitsPath(pattern, path)));
}

/** Whether a path fits a pattern whose `*` and `?` stay within one name. */
export function fitsPath(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern.split('/'), path.split('/')];
  return wanted.length === parts.length && wanted.every((one, at) => fitsWildcard(one, parts[at] ?? ''));
}
