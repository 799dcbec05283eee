import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pinnedNode } from './pinned-node.mjs';
import { projectFolder } from './project.mjs';
import { readCounts, tallyLine } from './tally.mjs';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-setup-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that runs another one in its place, as all launchers do. */
function inPlace(t: TestContext, argv: readonly string[]): ChildProcess {
  const module = JSON.stringify(join(projectFolder, 'setup', 'child.mjs'));
  const launcher = join(temporary(t), 'launcher.mjs');
  writeFileSync(
    launcher,
    `import { runInPlace } from ${module};
     import { launch } from ${module.replace('child', 'say')};
     await launch(() => runInPlace(${JSON.stringify(argv)}));`,
  );
  return spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function statusOf(child: ChildProcess): Promise<number | null> {
  const [status] = (await once(child, 'close')) as [number | null];
  return status;
}

test('an exit status comes through', async (t) => {
  assert.equal(await statusOf(inPlace(t, ['sh', '-c', 'exit 7'])), 7);
});

test('a signal goes to the program, whose answer comes back', async (t) => {
  // A shell cannot trap a signal that was ignored when it started, as SIGINT is in a background job; Node can.
  const trap = `
    process.on('SIGTERM', () => process.exit(5));
    process.on('SIGINT', () => process.exit(6));
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  for (const [signal, status] of [
    ['SIGTERM', 5],
    ['SIGINT', 6],
  ] as const) {
    const child = inPlace(t, [process.execPath, '-e', trap]);
    child.stdout?.once('data', () => child.kill(signal));
    assert.equal(await statusOf(child), status);
  }
});

test('a program that a signal ended counts as 128 and the signal', async (t) => {
  assert.equal(await statusOf(inPlace(t, ['sh', '-c', 'kill -KILL $$'])), 137);
});

test('a program that is not there is told in words', async (t) => {
  const child = inPlace(t, ['/nonexistent/program']);
  let words = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    words += bytes.toString();
  });
  assert.equal(await statusOf(child), 1);
  assert.match(words, /\/nonexistent\/program could not be started/);
});

test('the pinned Node is the one that package.json names', async () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const child = spawn(pinnedNode(), ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [version] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(version.toString().trim(), `v${optionalDependencies[`node-linux-${process.arch}`]}`);
});

test('the mimeo command works through a link, from any folder', async (t) => {
  const folder = temporary(t);
  symlinkSync(join(projectFolder, 'setup', 'mimeo.mjs'), join(folder, 'mimeo'));
  const child = spawn(join(folder, 'mimeo'), ['--version'], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const [version] = (await once(child.stdout, 'data')) as [Buffer];
  assert.match(version.toString(), /^\d+\.\d+\.\d+\n$/);
  assert.equal(await statusOf(child), 0);
});

test('every test of a run is counted, and a run that dies is a failure', async (t) => {
  const folder = temporary(t);
  const counted = join(folder, 'counts.json');
  const file = join(folder, 'sample.test.mjs');
  writeFileSync(
    file,
    `import { describe, test } from 'node:test';
    test('passes', () => {});
    test('fails', () => { throw new Error('no'); });
    test('is skipped', (t) => t.skip('because'));
    test('hangs', { timeout: 10 }, () => new Promise(() => {}));
    describe('suite', () => { test('passes too', () => {}); });`,
  );
  const reporter = join(projectFolder, 'setup', 'count-reporter.mjs');
  const args = ['--test', `--test-reporter=${reporter}`, `--test-reporter-destination=${counted}`, file];
  // A run inside a run would otherwise report to the outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const status = await statusOf(spawn(process.execPath, args, { env, stdio: 'ignore' }));
  assert.equal(status, 1);
  const counts = readCounts(counted, 1);
  assert.deepEqual(counts, { passed: 2, failed: 2, skipped: 1 });
  assert.equal(tallyLine([counts, { passed: 1, failed: 0, skipped: 0 }]), '3 passed, 2 failed, 1 skipped');
  assert.deepEqual(readCounts(join(folder, 'nothing'), 134), { passed: 0, failed: 1, skipped: 0 });
});
