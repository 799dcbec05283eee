import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runInPlace } from './child.mjs';
import { projectFolder } from './project.mjs';
import { SetupError, say } from './say.mjs';

/**
 * What the packages are for: `server` runs Mimeo, `bootEnvironment` builds what hosts boot, `tests` are what
 * the rooms' tests make real disks and networks with, `lab` runs the virtual lab.
 *
 * @typedef {'server' | 'bootEnvironment' | 'tests' | 'lab'} Purpose
 * @typedef {{ name: string, why: string }} DebianPackage
 */

/** Whether a package may start its service is asked of this program, if it is there. */
const POLICY = '/usr/sbin/policy-rc.d';
const LISTS = '/var/lib/apt/lists';
/** Package lists older than this name versions that a mirror may have dropped. */
const LISTS_OLD_MS = 7 * 24 * 3_600_000;

/**
 * The packages for some purposes, each once.
 *
 * @param {readonly Purpose[]} purposes
 * @returns {DebianPackage[]}
 */
export function packagesFor(purposes) {
  /** @type {Record<Purpose, DebianPackage[]>} */
  const all = JSON.parse(readFileSync(join(projectFolder, 'setup', 'packages.json'), 'utf8'));
  const byName = new Map(purposes.flatMap((purpose) => all[purpose]).map((each) => [each.name, each]));
  return [...byName.values()];
}

/**
 * Those of the packages that are not installed.
 *
 * @param {readonly DebianPackage[]} packages
 * @param {(names: readonly string[]) => string} [query] one line per known package: its name and dpkg's state
 */
export function missingPackages(packages, query = queryDpkg) {
  const states = query(packages.map((each) => each.name));
  const installed = new Set(
    states
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, state]) => state === 'installed')
      .map(([name]) => name),
  );
  return packages.filter((each) => !installed.has(each.name));
}

/**
 * Installs what is missing for some purposes, saying what and why; without the right to, it says what
 * somebody else has to run.
 *
 * @param {readonly Purpose[]} purposes
 */
export async function installDebianPackages(purposes) {
  const packages = packagesFor(purposes);
  if (packages.length === 0) return;
  if (!existsSync('/usr/bin/dpkg-query')) {
    throw new SetupError(
      `This is not Debian or one of its family (there is no dpkg). Mimeo needs these Debian packages, or what brings the same programs here: ${names(packages)}`,
    );
  }
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  const width = Math.max(...missing.map((each) => each.name.length));
  say(
    `these Debian packages are missing:\n${missing.map((each) => `  ${each.name.padEnd(width)}  ${each.why}`).join('\n')}`,
  );
  const sudo = asRoot();
  if (sudo === null) {
    throw new SetupError(
      `only root may install them. Run as root: apt-get update && apt-get install --no-install-recommends ${names(missing)}`,
    );
  }
  if (listsAreOld()) await apt(sudo, ['update']);
  const install = ['install', '-y', '--no-install-recommends', ...missing.map((each) => each.name)];
  await withoutServices(sudo, () => apt(sudo, install));
  const still = missingPackages(missing);
  if (still.length > 0) throw new SetupError(`apt-get did not install ${names(still)}.`);
}

/**
 * How to run a command as root from here: [] as root, ['sudo'] where sudo works (at a terminal it may ask
 * for the password), null when there is no way.
 *
 * @returns {string[] | null}
 */
export function asRoot() {
  if (process.getuid?.() === 0) return [];
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo'];
  const sudoIsThere = spawnSync('sudo', ['-V'], { stdio: 'ignore' }).status === 0;
  return sudoIsThere && process.stdin.isTTY ? ['sudo'] : null;
}

/**
 * @param {readonly string[]} sudo
 * @param {readonly string[]} args
 */
async function apt(sudo, args) {
  const argv = [
    ...sudo,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'Dpkg::Use-Pty=0',
    ...args,
  ];
  say(`running: ${argv.join(' ')}`);
  const status = await runInPlace(argv, { stdout: 'stderr' });
  if (status !== 0) {
    throw new SetupError(`apt-get ${args[0]} ended with exit status ${status}; its own words are above.`);
  }
}

/**
 * Some packages (Samba's) would start their services on this machine as they are installed; nobody asked for that.
 * Where the machine has a policy of its own, that one counts.
 *
 * @param {readonly string[]} sudo
 * @param {() => Promise<void>} act
 */
async function withoutServices(sudo, act) {
  if (existsSync(POLICY)) {
    await act();
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-setup-'));
  try {
    const file = join(folder, 'policy-rc.d');
    writeFileSync(file, noServicesWhile(process.pid));
    if ((await runInPlace([...sudo, 'install', '-m', '755', file, POLICY])) !== 0)
      throw new SetupError(`${POLICY} cannot be written: it keeps new packages from starting services.`);
    try {
      await act();
    } finally {
      await runInPlace([...sudo, 'rm', '-f', POLICY]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A script for Debian's invoke-rc.d and deb-systemd-invoke (its status 101 forbids): it forbids nothing any more when the
 * process that made it has ended without removing it.
 *
 * @param {number} pid
 */
export function noServicesWhile(pid) {
  return `#!/bin/sh\n# Mimeo's setup installs packages and starts none of their services. May be removed.\n[ -d /proc/${pid} ] && exit 101\nexit 0\n`;
}

function listsAreOld() {
  if (!existsSync(LISTS)) return true;
  const lists = readdirSync(LISTS).filter((name) => name.includes('_Packages'));
  return lists.length === 0 || Date.now() - statSync(LISTS).mtimeMs > LISTS_OLD_MS;
}

/** @param {readonly string[]} wanted */
function queryDpkg(wanted) {
  // It exits with 1 when it does not know one of the names; those are simply not in its answer.
  const argv = ['-W', `-f=\${Package} \${db:Status-Status}\\n`, ...wanted];
  const result = spawnSync('dpkg-query', argv, { encoding: 'utf8' });
  if (result.error) throw new SetupError(`dpkg-query could not be started: ${result.error.message}`);
  return result.stdout;
}

/** @param {readonly DebianPackage[]} packages */
function names(packages) {
  return packages.map((each) => each.name).join(' ');
}
