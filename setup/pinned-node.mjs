import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { projectFolder } from './project.mjs';
import { SetupError } from './say.mjs';

/** The oldest Node that the launchers themselves run on. */
export const OLDEST_NODE = 20;

/**
 * The Node that everything but the launchers runs on: it comes as an npm package, in the exact version
 * that package.json names, so that the system's own Node may be older.
 *
 * @param {string} [folder] the checkout
 * @returns {string} path of the program
 */
export function pinnedNode(folder = projectFolder) {
  const name = `node-linux-${process.arch}`;
  /** @type {{ optionalDependencies?: Record<string, string> }} */
  const project = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const wanted = project.optionalDependencies?.[name];
  if (process.platform !== 'linux' || wanted === undefined) {
    throw new SetupError(
      `Mimeo runs on Linux on x64 and arm64; this is ${process.platform} on ${process.arch}.`,
    );
  }
  const home = join(folder, 'node_modules', name);
  const program = join(home, 'bin', 'node');
  if (!existsSync(program)) {
    throw new SetupError(`${program} is missing. Run: node ${join(folder, 'setup', 'prepare.mjs')}`);
  }
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  if (version !== wanted) {
    throw new SetupError(
      `${program} is Node ${version}, but package.json names ${wanted}. Run: npm install --no-save`,
    );
  }
  return program;
}
