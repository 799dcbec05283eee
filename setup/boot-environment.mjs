import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import process from 'node:process';
import { runInPlace } from './child.mjs';
import { projectFolder } from './project.mjs';
import { SetupError, say } from './say.mjs';

/** Rooms that never reach a host: a change in them leaves the boot environment as it is. */
const SERVER_ROOMS = new Set(['api', 'cli', 'control', 'db', 'server']);

/**
 * A hash over all that the boot environment may be made from in this checkout.
 *
 * @param {string} [folder] the checkout
 */
export function sourceHash(folder = projectFolder) {
  const source = join(folder, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => (path.endsWith('.ts') && !path.endsWith('.test.ts')) || isHostFile(source, path))
    .filter((path) => !SERVER_ROOMS.has(path.split('/')[0] ?? ''))
    .sort();
  const hash = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json')));
  for (const path of files) hash.update(`\0${path}\0`).update(readFileSync(join(source, path)));
  return hash.digest('hex');
}

/**
 * Whether it goes into the boot environment as it stands: its init and the scripts beside it.
 *
 * @param {string} source
 * @param {string} path below it
 */
function isHostFile(source, path) {
  return path.startsWith(join('bootenv', 'root') + sep) && statSync(join(source, path)).isFile();
}

/**
 * Where a boot environment goes, and where its builder keeps packages between builds.
 *
 * @typedef {{ folder: string, cache: string }} Places
 */

/**
 * The places of a server's data folder.
 *
 * @param {string} data
 * @returns {Places}
 */
export function placesOf(data) {
  return { folder: join(data, 'boot-environment'), cache: join(data, 'cache') };
}

/** The places of the virtual lab and the benchmarks. @type {Places} */
export const LAB_PLACES = {
  folder: join(projectFolder, 'build', 'bootenv'),
  cache: join(projectFolder, 'build', 'bootenv-cache'),
};

/**
 * Builds what hosts boot, when it is not there or this checkout has changed since.
 *
 * @param {string} node the pinned Node
 * @param {Places} places
 * @param {string} [mirror] the Debian mirror to use instead of the machine's own
 * @returns {Promise<number>} 0, or the exit status of a build that was interrupted
 */
export async function buildBootEnvironment(node, { folder, cache }, mirror) {
  const stampFile = `${folder}.sources`;
  const finished = existsSync(join(folder, 'bootenv.json'));
  const stamp = sourceHash();
  if (finished && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 0;
  say(
    finished
      ? 'the boot environment is older than this checkout; bringing it up to date'
      : 'building the boot environment (kernel and system that hosts boot); the first time takes a few minutes',
  );
  mkdirSync(dirname(folder), { recursive: true });
  const start = Date.now();
  const builder = join(projectFolder, 'src', 'bootenv', 'main.ts');
  const argv = [node, builder, '--folder', folder, '--cache', cache, ...(mirror ? ['--mirror', mirror] : [])];
  const interrupted = interruptions();
  // Standard output belongs to whatever runs next: a benchmark's JSON.
  const status = await runInPlace(argv, { stdout: 'stderr' });
  if (interrupted()) return 130;
  if (status === 0) {
    writeFileSync(stampFile, stamp);
    say(`the boot environment is ready (${Math.round((Date.now() - start) / 1000)} s)`);
    return 0;
  }
  if (!finished) throw new SetupError('the boot environment could not be built; the reason is above.');
  say('the boot environment could not be brought up to date (the reason is above); hosts boot the old one.');
  return 0;
}

/** @returns {() => boolean} whether Ctrl-C was pressed since */
function interruptions() {
  let pressed = false;
  process.once('SIGINT', () => {
    pressed = true;
  });
  return () => pressed;
}
