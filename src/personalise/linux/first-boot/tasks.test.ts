import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Package, Printer } from '../../settings.ts';
import { DEBIAN, PLAIN } from '../settings.fixture.ts';
import { viewOf } from '../tree.fixture.ts';
import { Bench, ReportServer } from './bench.fixture.ts';
import { packageDelivery, packageTask } from './package-task.ts';
import { planFirstBoot } from './plan.ts';
import { printerTasks } from './printer-task.ts';
import { HOME } from './runner.ts';

const BYTES = 'a program';
const PACKAGE: Package = {
  name: "Geo'Gebra",
  files: [
    { path: "deb/it's.deb", bytes: BYTES.length, sha256: createHash('sha256').update(BYTES).digest('hex') },
  ],
  command: 'cat deb/*.deb; exit 3',
  successCodes: [0, 3],
  rebootCodes: [],
  retryCodes: [],
  retries: 0,
  timeoutSeconds: 60,
  detect: { kind: 'file', path: '/no/such file' },
};

test('a package runs in the folder of its files, once they are what was ordered', async (t) => {
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(t, [packageTask(PACKAGE, 0), packageTask(PACKAGE, 1)], server.url);
  const { folder } = packageDelivery(PACKAGE, 0);
  assert.equal(`/${folder.join('/')}`, `${HOME}/packages/01`);
  for (const [number, text] of [
    ['01', BYTES],
    ['02', 'another'],
  ] as const) {
    const at = join(bench.home, 'packages', number, 'deb');
    await mkdir(at, { recursive: true });
    await writeFile(join(at, "it's.deb"), text);
  }
  await bench.moveScripts();
  await bench.run('with-network');
  assert.deepEqual(server.words, ['1 started', '1 finished', '2 started', '2 failed', '3 finished']);
  assert.equal(server.told[1]?.logTail, `${BYTES}\n`);
  assert.match(server.told[3]?.logTail ?? '', /deb\/it's\.deb is not the file that was ordered/);
});

test('printers that hosts send to are made by CUPS; what it cannot do is said', async (t) => {
  const printers: readonly Printer[] = [
    { kind: 'direct', name: 'Room 101 / colour', address: '192.0.2.9', driver: 'HP', inf: null },
    { kind: 'shared', name: 'Office', path: '\\\\server\\office' },
  ];
  const firstBoot = { report: null, printers, defaultPrinter: 'Room 101 / colour', packages: [] };
  assert.deepEqual(printerTasks(firstBoot, false).tasks, []);
  assert.match(printerTasks(firstBoot, false).warnings.join(), /no CUPS/);
  const { tasks, warnings } = printerTasks(firstBoot, true);
  assert.match(warnings.join(), /Office is a queue of a Windows server/);
  const server = await ReportServer.open(t);
  const bench = await Bench.lay(t, tasks, server.url);
  await writeFile(bench.at('lpadmin'), `#!/bin/sh\nfor one in "$@"; do printf '<%s>' "$one"; done\necho\n`);
  await chmod(bench.at('lpadmin'), 0o755);
  await bench.run('with-network');
  assert.equal(
    server.told.find(({ state }) => state === 'finished')?.logTail,
    '<-p><Room_101_colour><-E><-D><Room 101 / colour><-v><ipp://192.0.2.9/ipp/print><-m><everywhere>\n<-d><Room_101_colour>\n',
  );
});

test('the plan tells the steps that will be reported, and what the agent has to bring', () => {
  const settings = {
    ...PLAIN,
    firstBoot: { report: null, printers: [], defaultPrinter: null, packages: [PACKAGE] },
    linux: { ...PLAIN.linux, commands: ['true'] },
  };
  const { steps, deliveries } = planFirstBoot({ settings, facts: DEBIAN, view: viewOf({}) }, []);
  assert.deepEqual(
    steps.map(({ step, name, limitSeconds }) => `${step} ${name} ${limitSeconds}`),
    ["1 Geo'Gebra 360", '2 Command 1 3900', '3 Clean up 300'],
  );
  assert.deepEqual(
    deliveries.map(({ name, files }) => [name, files.length]),
    [["Geo'Gebra", 1]],
  );
  for (const report of [
    { url: 'http://a/"\nheader', token: 'x' },
    { url: 'http://a', token: 'x\ny' },
  ]) {
    const bad = { ...settings, firstBoot: { ...settings.firstBoot, report } };
    assert.throws(() => planFirstBoot({ settings: bad, facts: DEBIAN, view: viewOf({}) }, []), {
      code: 'personalise-order',
    });
  }
});
