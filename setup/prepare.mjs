import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installDebianPackages } from './debian-packages.mjs';
import { installNodeModules } from './node-modules.mjs';
import { OLDEST_NODE, pinnedNode } from './pinned-node.mjs';
import { projectFolder } from './project.mjs';
import { launch, SetupError } from './say.mjs';

/** @typedef {import('./debian-packages.mjs').Purpose} Purpose */

/** @type {readonly Purpose[]} */
export const PURPOSES = ['server', 'bootEnvironment', 'tests', 'lab'];

/**
 * Makes this machine ready: npm packages and the Debian packages for some purposes. Quick when there is
 * nothing to do.
 *
 * @param {readonly Purpose[]} purposes
 * @returns {Promise<string>} the path of the Node to run everything else on
 */
export async function prepare(purposes) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new SetupError(`Mimeo's launchers need Node ${OLDEST_NODE} or newer; this is ${process.version}.`);
  }
  await installDebianPackages(purposes);
  await installNodeModules(projectFolder);
  return pinnedNode();
}

/** @param {string[]} args */
async function main(args) {
  const unknown = args.find((arg) => !PURPOSES.some((purpose) => purpose === arg));
  if (unknown !== undefined) {
    throw new SetupError(`${unknown} is not a purpose; there are: ${PURPOSES.join(', ')}`);
  }
  await prepare(PURPOSES.filter((purpose) => args.includes(purpose)));
  return 0;
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  await launch(() => main(process.argv.slice(2)));
}
