import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { Bench, ReportServer } from './bench.fixture.ts';
import { shellQuote } from './shell-quote.ts';
import { type FirstBootTask, PLAIN_CODES } from './task.ts';

const task = (script: string, more: Partial<FirstBootTask> = {}): FirstBootTask => ({
  when: 'with-network',
  name: 'A "task"',
  script,
  seconds: 60,
  ...more,
});

test('steps run once, in order, each half its own; every one is reported; nothing is left', async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(
    t,
    [
      task('printf late >>"$OUT"; printf \'a\\tb "c" \\\\ \\303\\274\\001\\n\'; exit 3'),
      task('printf early >>"$OUT"', { when: 'before-logins', name: 'Keys' }),
    ].map((one) => ({ ...one, script: `OUT=${'$'}{0%/steps/*}/../out\n${one.script}\n` })),
    server.url,
  );
  assert.equal(await bench.run('before-logins'), 0);
  assert.equal(await bench.read('out'), 'early');
  assert.deepEqual(server.words, [], 'there is no network yet');
  assert.equal(await bench.run('with-network'), 0);
  assert.equal(await bench.read('out'), 'earlylate');
  assert.deepEqual(server.words, ['1 started', '1 finished', '2 started', '2 failed', '3 finished']);
  const failed = server.told[3];
  assert.deepEqual(
    [failed?.name, failed?.exitCode, failed?.attempt, failed?.logTail],
    ['A "task"', 3, 1, 'a\tb "c" \\ ü\n'],
  );
  assert.deepEqual([...server.tokens], ['POST /first-boot/v1/steps Bearer SECRET-TOKEN']);
  assert.deepEqual((await readdir(bench.folder)).sort(), ['log', 'out']);
  assert.match(await bench.read('log'), /== step 02, attempt 1, \d+ s, status 3/);
});

test('a power cut in a step: it is begun again, what was done is not, three times at most', async (t) => {
  const server = await ReportServer.open(t);
  const out = '$(dirname "$0")/../../out';
  const bench = await Bench.lay(
    t,
    [task(`echo one >>"${out}"`), task(`echo two >>"${out}"; [ -e "${out}-go" ] || sleep 600`)],
    server.url,
  );
  for (const attempt of [1, 2]) {
    const life = await bench.begin('with-network');
    await server.until((one) => one.step === 2 && one.attempt === attempt);
    life.kill();
    await life.ended;
  }
  await writeFile(bench.at('out-go'), '');
  await bench.run('with-network');
  assert.equal((await bench.read('out')).replaceAll(/two\n(?=two)/g, ''), 'one\ntwo\n');
  assert.deepEqual(server.words.slice(2), [
    '2 started',
    '2 started',
    '2 started',
    '2 finished',
    '3 finished',
  ]);
  assert.equal(existsSync(bench.home), false);
});

test('a step that never survives is given up, and the rest goes on', async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(
    t,
    [task("kill -9 $(cut -d' ' -f4 /proc/$PPID/stat)"), task('true')],
    server.url,
  );
  for (let boot = 0; boot < 4; boot++) await bench.run('with-network');
  assert.deepEqual(server.words.slice(-4), ['1 failed', '2 started', '2 finished', '3 finished']);
  const given = server.told.find(({ state }) => state === 'failed');
  assert.deepEqual([given?.attempt, given?.exitCode], [3, null]);
  assert.match(given?.logTail ?? '', /Interrupted 3 times/);
});

test('restarts and retries go by the exit status', async (t) => {
  const server = await ReportServer.open(t);
  const codes = { ...PLAIN_CODES, success: [0, 7], reboot: [194], retry: [75], retries: 2 };
  const file = '$(dirname "$0")/../../tried';
  const bench = await Bench.lay(
    t,
    [
      task(`echo x >>"${file}"; [ "$(wc -l <"${file}")" -ge 3 ] || exit 75; exit 7`, { codes }),
      task('exit 194', { codes }),
      task('exit 75', { codes: { ...codes, retries: 1 } }),
    ],
    server.url,
  );
  await bench.run('with-network');
  assert.deepEqual(server.words, [
    '1 started',
    '1 started',
    '1 started',
    '1 finished',
    '2 started',
    '2 waiting-for-reboot',
  ]);
  await bench.run('with-network');
  assert.deepEqual(server.words.slice(6), ['2 finished', '3 started', '3 started', '3 failed', '4 finished']);
});

test('a step that takes too long is killed with what it started', async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(t, [task('sleep 600 & wait', { seconds: 1 })], server.url);
  await bench.run('with-network');
  assert.deepEqual(server.words, ['1 started', '1 failed', '2 finished']);
  assert.equal(server.told[1]?.exitCode, null);
  assert.match(server.told[1]?.logTail ?? '', /Not done after 1 seconds/);
});

test('a server that is away holds nothing up: reports wait, in order, for a later boot', async (t) => {
  const server = await ReportServer.open(t);
  server.status = 503;
  const bench = await Bench.lay(t, [task('true'), task('true')], server.url);
  await bench.run('with-network');
  assert.equal(existsSync(bench.home), true);
  server.status = 200;
  await bench.run('with-network');
  assert.deepEqual(server.words, ['1 started', '1 finished', '2 started', '2 finished', '3 finished']);
  assert.equal(existsSync(bench.home), false);
});

test('a server that refuses a report does not stop the next; without a server nothing is told', async (t) => {
  const server = await ReportServer.open(t);
  server.status = 404;
  const refused = await Bench.lay(t, [task('true')], server.url);
  await refused.run('with-network');
  assert.equal(existsSync(refused.home), false);
  const silent = await Bench.lay(t, [task('true')], null);
  await silent.run('with-network');
  assert.equal(existsSync(silent.home), false);
});

test('power cuts at any moment: every step ends, is told of once, and nothing is left', async (t) => {
  const server = await ReportServer.open(t);
  const append = (name: string): FirstBootTask =>
    task(`echo ${name} >>"$(dirname "$0")/../../out"`, { name });
  const bench = await Bench.lay(t, ['one', 'two'].map(append), server.url);
  for (let life = 1; existsSync(bench.home); life++) {
    const { ended, kill } = await bench.begin('with-network');
    const timer = setTimeout(kill, Math.random() * 20 * life);
    await ended;
    clearTimeout(timer);
  }
  const ends = server.words.filter((words) => !words.endsWith('started'));
  assert.deepEqual(
    ends.map((words) => words.split(' ')[0]),
    ['1', '2', '3'],
  );
  assert.deepEqual(
    (await readdir(bench.folder)).filter((name) => !['log', 'out'].includes(name)),
    [],
  );
});

test('a clean-up that a power cut ended is taken up again', async (t) => {
  const bench = await Bench.lay(t, [task('true')], null);
  await mkdir(join(bench.home, 'state'));
  await writeFile(join(bench.home, 'state', 'handed-over'), '');
  await rm(join(bench.home, 'settings'));
  assert.equal(await bench.run('before-logins'), 0);
  assert.deepEqual(await readdir(bench.folder), []);
});

test('what is there already is not done again, and said to be skipped', async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(
    t,
    [task('exit 1', { unless: '[ -d / ]\n' }), task('true', { unless: 'false\n' })],
    server.url,
  );
  await bench.run('with-network');
  assert.deepEqual(server.words, ['1 skipped', '2 started', '2 finished', '3 finished']);
  assert.deepEqual([server.told[0]?.attempt, server.told[0]?.exitCode], [0, null]);
});

test('a system that has nothing but busybox does it all as well', { skip: noBusybox() }, async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(
    t,
    [task('readlink -f /proc/self/exe'), task('sleep 600', { seconds: 1 })],
    server.url,
  );
  await bench.onlyBusybox();
  await bench.run('with-network');
  assert.deepEqual(server.words, ['1 started', '1 finished', '2 started', '2 failed', '3 finished']);
  assert.match(server.told[1]?.logTail ?? '', /busybox/);
  assert.equal(server.told[3]?.exitCode, null);
  assert.equal(existsSync(bench.home), false);
  server.status = 404;
  const refused = await Bench.lay(t, [task('true')], server.url);
  await refused.onlyBusybox();
  await refused.run('with-network');
  assert.equal(existsSync(refused.home), false, 'what is refused for good does not wait');
});

function noBusybox(): string | false {
  return existsSync('/bin/busybox') || existsSync('/usr/bin/busybox') ? false : 'not installed: busybox';
}

test('any text is one word to a shell', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, async (one) => {
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `printf %s ${shellQuote(one)}`]);
      assert.equal(stdout, one);
    }),
    { numRuns: 60 },
  );
});
