/**
 * Every check, to the end, whatever fails on the way: types, lint, format, rooms, the tests of the rooms,
 * and, without `--fast`, the virtual lab. The last line counts them all.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildBootEnvironment, LAB_PLACES } from './boot-environment.mjs';
import { runInPlace } from './child.mjs';
import { asRoot, missingPackages, packagesFor } from './debian-packages.mjs';
import { PURPOSES, prepare } from './prepare.mjs';
import { projectFolder } from './project.mjs';
import { launch, say } from './say.mjs';
import { readCounts, tallyLine } from './tally.mjs';

/** @typedef {import('./tally.mjs').Counts} Counts */
/** @typedef {{ name: string, argv: string[] }} Check */

const FAST_TESTS = ['src/**/*.test.ts', 'lint/**/*.test.ts', 'setup/**/*.test.ts'];
const LAB_TESTS = ['lab/**/*.test.ts'];
/** A whole boot and deployment of an emulated machine takes minutes; one that hangs has to end some time. */
const FAST_TIMEOUT_MS = 120_000;
const LAB_TIMEOUT_MS = 40 * 60_000;

/**
 * @param {string} node
 * @returns {Check[]}
 */
function checks(node) {
  const tool = (/** @type {string} */ name) => join(projectFolder, 'node_modules', '.bin', name);
  return [
    { name: 'types', argv: [tool('tsc'), '--noEmit'] },
    { name: 'lint', argv: [tool('biome'), 'lint', '--error-on-warnings', '.'] },
    { name: 'lint with types', argv: [tool('oxlint'), '--type-aware', '--deny-warnings'] },
    { name: 'format', argv: [tool('biome'), 'check', '--linter-enabled=false', '--error-on-warnings', '.'] },
    { name: 'rooms', argv: [node, join('lint', 'check-rooms.ts')] },
  ];
}

/**
 * Runs one step and says how long it took and how it ended.
 *
 * @param {string} name
 * @param {() => Promise<Counts>} step
 */
async function timed(name, step) {
  process.stdout.write(`\n── ${name}\n`);
  const start = Date.now();
  const counts = await step();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${tallyLine([counts])} (${seconds} s)\n`);
  return counts;
}

/**
 * @param {Check} check
 * @param {NodeJS.ProcessEnv} env
 */
async function runCheck(check, env) {
  return oneCheck(await runInPlace(check.argv, { cwd: projectFolder, env }));
}

/** @param {number} status */
function oneCheck(status) {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/**
 * Runs test files with node:test: readable on standard output, counted in a file.
 *
 * @param {readonly string[]} nodeArgv how to start Node, perhaps through sudo
 * @param {readonly string[]} patterns
 * @param {readonly string[]} options
 * @param {NodeJS.ProcessEnv} env
 */
async function runTests(nodeArgv, patterns, options, env) {
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-test-'));
  const counted = join(folder, 'counts.json');
  try {
    const status = await runInPlace(
      [
        ...nodeArgv,
        '--test',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter=${join(projectFolder, 'setup', 'count-reporter.mjs')}`,
        `--test-reporter-destination=${counted}`,
        ...options,
        ...patterns,
      ],
      { cwd: projectFolder, env },
    );
    return readCounts(counted, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
async function runLab(node, env) {
  const root = asRoot();
  if (root === null) {
    process.stdout.write(
      '\n── lab: skipped: it needs root or sudo (network namespaces, mounts, ports 67 and 69)\n',
    );
    return [{ passed: 0, failed: 0, skipped: 1 }];
  }
  const built = await timed('boot environment', () => buildForLab(node));
  const argv = root.length === 0 ? [node] : [...root, 'env', `PATH=${env['PATH'] ?? ''}`, node];
  const options = ['--test-concurrency=1', `--test-timeout=${LAB_TIMEOUT_MS}`];
  const tested = await timed('lab', () => runTests(argv, LAB_TESTS, options, env));
  return [built, tested];
}

/** @param {string} node */
async function buildForLab(node) {
  const status = await buildBootEnvironment(node, LAB_PLACES).catch((error) => {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  });
  return oneCheck(status);
}

await launch(async () => {
  const fast = process.argv.includes('--fast');
  const purposes = PURPOSES.filter((purpose) => !fast || purpose !== 'lab');
  // Without the right to install, what does not need the missing programs is still worth running.
  const node = await prepare(asRoot() === null ? [] : purposes);
  const missing = missingPackages(packagesFor(purposes)).map((each) => each.name);
  if (missing.length > 0) {
    process.stdout.write(
      `Not installed, and only root may: ${missing.join(' ')}. Tests that need them are skipped or fail.\n`,
    );
  }
  // Programs of file systems live in folders that a user's PATH may lack; the checkout's own come first.
  const path = [join(projectFolder, 'node_modules', '.bin'), process.env['PATH'] ?? '', '/usr/sbin', '/sbin'];
  const env = { ...process.env, PATH: path.join(':') };
  /** @type {Counts[]} */
  const all = [];
  for (const check of checks(node)) all.push(await timed(check.name, () => runCheck(check, env)));
  all.push(
    await timed('tests', () => runTests([node], FAST_TESTS, [`--test-timeout=${FAST_TIMEOUT_MS}`], env)),
  );
  if (!fast) all.push(...(await runLab(node, env)));
  process.stdout.write(`\n${tallyLine(all)}\n`);
  return all.some((counts) => counts.failed > 0) ? 1 : 0;
});
