import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInPlace } from './child.mjs';
import { SetupError, say } from './say.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/**
 * Why the installed npm packages are not those of package-lock.json, or null when they are. It compares
 * the lock with npm's own record of what it installed; npm writes that record last, so an installation
 * that was cut off counts as none.
 *
 * @param {string} folder the checkout
 * @returns {string | null}
 */
export function whyNotInstalled(folder) {
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'they are not installed yet';
  const wanted = readLock(join(folder, 'package-lock.json'));
  const installed = readLock(record);
  for (const [path, locked] of Object.entries(wanted.packages)) {
    if (path === '') continue;
    const found = installed.packages[path];
    // Programs for other processors are locked too, and rightly absent.
    if (found === undefined && locked.optional === true) continue;
    if (found?.version !== locked.version || found?.integrity !== locked.integrity) {
      return `${path.replace(/^.*node_modules\//, '')} is not ${locked.version}`;
    }
  }
  return null;
}

/**
 * Installs what package-lock.json names, if it is not there.
 *
 * Not by `npm ci`: npm 11 refuses a lock that does not list the programs for every processor there is. `npm
 * install --no-save` takes the versions of the lock as well and leaves the lock alone; that all of it is there
 * with the right checksum is looked at afterwards.
 *
 * @param {string} folder the checkout
 */
export async function installNodeModules(folder) {
  const why = whyNotInstalled(folder);
  if (why === null) return;
  say(`npm packages: ${why}. Running: npm install`);
  // Warnings would only say that our libraries want a newer Node than the system's: they get the pinned one.
  const options = [
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const status = await runInPlace(['npm', 'install', ...options], { cwd: folder, stdout: 'stderr' });
  if (status !== 0) {
    throw new SetupError(`npm install ended with exit status ${status}; its own words are above.`);
  }
  const still = whyNotInstalled(folder);
  if (still !== null)
    throw new SetupError(`npm install ended well, and yet ${still}. Remove node_modules and try again.`);
}

/**
 * @param {string} path
 * @returns {Lock}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
