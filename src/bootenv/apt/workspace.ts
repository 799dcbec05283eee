import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '../../command.ts';
import { run } from '../../command.ts';
import { writeDurably } from '../../durable-file.ts';
import { MimeoError } from '../../errors.ts';
import { ARCHITECTURE } from '../recipe/packages.ts';
import { chooseMirror, debianKeyring } from './machine.ts';
import { whyUnreachable } from './reachable.ts';
import { parseDeb822Sources, sourcesFile } from './sources.ts';

/** A package file as apt would fetch it. */
export interface PackageFile {
  readonly name: string;
  readonly version: string;
  /** Its name in the archive folder. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** How long a package list is taken as fresh, in milliseconds: a day. */
const LIST_AGE = 24 * 3600 * 1000;

/** apt's own state in a folder of ours: nothing of the machine's apt is read but proxies, nothing is written. */
export interface AptWorkspace {
  readonly folder: string;
  readonly archives: string;
  readonly signal: AbortSignal | undefined;
}

/** Prepares the folder; constructs no list yet. */
export async function openAptWorkspace(cache: string, signal?: AbortSignal): Promise<AptWorkspace> {
  const folder = join(cache, 'apt');
  const archives = join(folder, 'archives');
  for (const part of ['lists/partial', 'archives/partial', 'empty'])
    await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const workspace = { folder, archives, signal };
  await writeFile(configurationOf(workspace), aptConfiguration(folder));
  return workspace;
}

function configurationOf({ folder }: Pick<AptWorkspace, 'folder'>): string {
  return join(folder, 'apt.conf');
}

function sourcesOf({ folder }: Pick<AptWorkspace, 'folder'>): string {
  return join(folder, 'debian.sources');
}

/** Given to apt with `-c`, which is read after the machine's own configuration and so wins over it. */
function aptConfiguration(folder: string): string {
  return `#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Architecture "${ARCHITECTURE}";
#clear APT::Architectures;
APT::Architectures { "${ARCHITECTURE}"; };
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
Dir::Etc::sourcelist "${folder}/debian.sources";
Dir::Etc::sourceparts "${folder}/empty";
Dir::Etc::preferences "${folder}/no-preferences";
Dir::Etc::preferencesparts "${folder}/empty";
Dir::State "${folder}";
Dir::State::lists "${folder}/lists";
Dir::State::status "${folder}/status";
Dir::State::extended_states "${folder}/extended_states";
Dir::Cache "${folder}";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Cache::archives "${folder}/archives";
`;
}

/** `download` leaves what it fetches in `folder`, and is silent about files that are there already. */
function apt(
  workspace: AptWorkspace,
  program: 'apt-get' | 'apt-cache',
  args: readonly string[],
  {
    folder = join(workspace.folder, 'empty'),
    onLine,
  }: { folder?: string; onLine?: (line: string) => void } = {},
): Promise<CommandResult> {
  return run([program, '-q', '-c', configurationOf(workspace), ...args], {
    cwd: folder,
    env: { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    ...(workspace.signal === undefined ? {} : { signal: workspace.signal }),
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/**
 * Fetches the package lists unless they are of today and of the same mirror. apt checks their signatures.
 * Where the mirror has no security archive, the release alone is used; where it cannot be reached, which takes
 * seconds to find out, and older lists are there, these are.
 *
 * @returns what to tell the technician, empty when all went as usual.
 * @throws MimeoError `no-debian-mirror`, `no-debian-keyring`, `mirror-unreachable`.
 */
export async function updateLists(workspace: AptWorkspace, mirror: string | undefined): Promise<string> {
  const chosen = await chooseMirror(mirror);
  const keyring = debianKeyring();
  const sources = sourcesOf(workspace);
  const stamp = join(workspace.folder, 'updated');
  const attempts = [sourcesFile(chosen, keyring, true), sourcesFile(chosen, keyring, false)];
  const before = existsSync(sources) ? await readFile(sources, 'utf8') : '';
  const age = existsSync(stamp) ? Date.now() - (await stat(stamp)).mtimeMs : Number.POSITIVE_INFINITY;
  if (attempts.includes(before) && age >= 0 && age < LIST_AGE) return '';
  const lastTime = attempts.includes(before) && existsSync(stamp);
  const gone = await whyUnreachable(chosen.main, configurationOf(workspace), workspace);
  if (gone !== null) {
    if (lastTime) return `${unreachable(chosen.main, gone)}; using the package lists of the last time.`;
    throw new MimeoError('mirror-unreachable', `${unreachable(chosen.main, gone)}.`);
  }
  let failure: unknown;
  for (const [index, text] of attempts.entries()) {
    await writeFile(sources, text);
    try {
      await apt(workspace, 'apt-get', ['update', '--error-on=any']);
      await writeDurably(stamp, '');
      return index === 0 ? '' : `${chosen.main} has no security updates; using the release alone.`;
    } catch (error) {
      workspace.signal?.throwIfAborted();
      failure ??= error;
    }
  }
  if (lastTime) {
    await writeFile(sources, before);
    return `${chosen.main} gives no package lists; using those of the last time.`;
  }
  await rm(sources, { force: true });
  const cause = failure instanceof Error ? failure.message : String(failure);
  throw new MimeoError('mirror-unreachable', `No package lists from ${chosen.main}: ${cause}`, {
    cause: failure,
  });
}

function unreachable(mirror: string, why: string): string {
  return `The Debian mirror ${mirror} cannot be reached (${why})`;
}

/** @throws MimeoError `mirror-unreachable`, after seconds and not after all of apt's own tries */
async function refuseUnreachable(workspace: AptWorkspace): Promise<void> {
  const [main] = parseDeb822Sources(await readFile(sourcesOf(workspace), 'utf8'));
  if (main === undefined) return;
  const gone = await whyUnreachable(main.uri, configurationOf(workspace), workspace);
  if (gone !== null) throw new MimeoError('mirror-unreachable', `${unreachable(main.uri, gone)}.`);
}

/** The kernel package that a metapackage stands for today. */
export async function dependencyOf(workspace: AptWorkspace, metapackage: string): Promise<string> {
  const { stdout } = await apt(workspace, 'apt-cache', [
    'depends',
    '--no-recommends',
    '--no-suggests',
    metapackage,
  ]);
  const name = /^\s*Depends: (\S+)$/m.exec(stdout.toString())?.[1];
  if (name === undefined)
    throw new MimeoError('mirror-unreachable', `${metapackage} is not in the package lists.`);
  return name;
}

/** These packages and everything they depend on, as `name=version` words. */
export async function withDependencies(workspace: AptWorkspace, names: readonly string[]): Promise<string[]> {
  const { stdout } = await apt(workspace, 'apt-get', ['install', '--simulate', ...names]);
  return [...stdout.toString().matchAll(/^Inst (\S+) \((\S+) /gm)].map((match) => `${match[1]}=${match[2]}`);
}

/** Where and how large the files of these packages are; dependencies are not followed. */
export async function describePackages(
  workspace: AptWorkspace,
  names: readonly string[],
): Promise<PackageFile[]> {
  const { stdout } = await apt(workspace, 'apt-get', ['download', '--print-uris', ...names]);
  const files = [...stdout.toString().matchAll(/^'\S+' (\S+\.deb) (\d+) SHA256:([0-9a-f]{64})$/gm)];
  const packages = files.map(([, file = '', size, sha256 = '']): PackageFile => {
    const [name = '', version = ''] = decodeURIComponent(file).split('_');
    return { name, version, file, size: Number(size), sha256 };
  });
  if (packages.length !== names.length) {
    throw new MimeoError(
      'mirror-unreachable',
      `The package lists describe ${packages.length} of ${names.length} packages.`,
    );
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fetches packages into the archive folder, checked by apt against the signed lists. */
export async function downloadPackages(
  workspace: AptWorkspace,
  packages: readonly PackageFile[],
  onProgress: (text: string) => void,
): Promise<void> {
  const wanted = new Set(packages.map((one) => one.file));
  for (const name of await readdir(workspace.archives)) {
    if (name.endsWith('.deb') && !wanted.has(name)) await rm(join(workspace.archives, name));
  }
  const missing: PackageFile[] = [];
  for (const one of packages) if (!(await isWhole(workspace, one))) missing.push(one);
  if (missing.length === 0) return;
  await refuseUnreachable(workspace);
  let arrived = 0;
  await apt(workspace, 'apt-get', ['download', ...missing.map((one) => `${one.name}=${one.version}`)], {
    folder: workspace.archives,
    onLine: (line) => {
      if (!line.startsWith('Get:')) return;
      arrived += 1;
      onProgress(`package ${arrived} of ${missing.length}`);
    },
  });
  for (const one of missing) {
    if (!(await isWhole(workspace, one))) {
      throw new MimeoError(
        'mirror-unreachable',
        `${one.file} did not arrive as the package lists describe it.`,
      );
    }
  }
}

async function isWhole(workspace: AptWorkspace, one: PackageFile): Promise<boolean> {
  const bytes = await readFile(join(workspace.archives, one.file)).catch(() => null);
  return bytes !== null && createHash('sha256').update(bytes).digest('hex') === one.sha256;
}
