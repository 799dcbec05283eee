import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Bring } from './deliver.ts';
import { settingsOfOrder } from './order-settings.ts';
import { inspectVolume, personalise } from './personalise.ts';
import { buildWindows, type WindowsToBuild } from './recognise/windows-volume.fixture.ts';
import type { HostSettings } from './settings.ts';
import type { PersonaliseOrder } from './types.ts';
import { verify } from './verify.ts';

const order: PersonaliseOrder = { computerName: 'R101-PC05', fields: {}, registryFiles: [] };
const ANSWER_FILE = 'Windows/Panther/unattend.xml';

/** Windows 11 in the state that Sysprep leaves, with an answer file of its own in Sysprep's folder. */
function eleven(state: string): WindowsToBuild {
  return {
    folder: 'Windows',
    config: 'System32/config',
    minorVersion: 5,
    system: {
      Select: { Current: 1 },
      'ControlSet001\\Control\\ComputerName\\ComputerName': { ComputerName: 'MASTER' },
      'ControlSet001\\Control\\Session Manager\\Environment': { PROCESSOR_ARCHITECTURE: 'AMD64' },
      Setup: {},
    },
    software: {
      'Microsoft\\Windows NT\\CurrentVersion': { ProductName: 'Windows 10 Pro', CurrentBuild: '22631' },
      'Microsoft\\Windows\\CurrentVersion\\Setup\\State': { ImageState: state },
    },
    files: {
      'Windows/System32/Sysprep/unattend.xml': '<unattend xmlns="urn:schemas-microsoft-com:unattend"/>',
    },
  };
}

async function volume(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-personalise-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

test('a sealed Windows 11 gets its answer file where it looks first, and no other is left', async (t) => {
  const root = await volume(t);
  await buildWindows(root, eleven('IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'));
  assert.equal((await inspectVolume(root)).isSystem, true);
  const report = await personalise(root, settingsOfOrder(order));
  assert.deepEqual(report.warnings, []);
  assert.match(report.changes.join('\n'), /C:\\Windows\\Panther\\unattend.xml: the answer file of R101-PC05/);
  assert.match(await readFile(join(root, ANSWER_FILE), 'utf8'), /<ComputerName>R101-PC05<\/ComputerName>/);
  await assert.rejects(access(join(root, 'Windows/System32/Sysprep/unattend.xml')));
  await verify(root, report.edits, report);
  assert.deepEqual((await personalise(root, settingsOfOrder(order))).changes, [], 'everything is in place');
});

test('drivers and packages come to their places, and the first boot knows of them', async (t) => {
  const root = await volume(t);
  await buildWindows(root, eleven('IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'));
  const file = (path: string) => ({
    path,
    bytes: path.length,
    sha256: createHash('sha256').update(path).digest('hex'),
  });
  const names = new Map(['lan/e1.inf', '7z.msi'].map((path) => [file(path).sha256, path]));
  const settings: HostSettings = {
    ...settingsOfOrder(order),
    drivers: [{ path: 'HP/EliteDesk', files: [file('lan/e1.inf')] }],
    firstBoot: {
      ...{ report: null, printers: [], defaultPrinter: null },
      packages: [
        {
          ...{ name: '7zip', files: [file('7z.msi')], command: 'msiexec /i 7z.msi /qn', detect: null },
          ...{ successCodes: [0], rebootCodes: [3010], retryCodes: [1618], retries: 3, timeoutSeconds: 600 },
        },
      ],
    },
  };
  const bring: Bring = async ({ sha256 }) => Buffer.from(names.get(sha256) ?? '');
  await mkdir(join(root, 'drivers'));
  const report = await personalise(root, settings, bring);
  assert.equal(await readFile(join(root, 'drivers/HP/EliteDesk/lan/e1.inf'), 'utf8'), 'lan/e1.inf');
  const msi = report.deliveries.find(({ path }) => path.at(-1) === '7z.msi');
  assert.equal(await readFile(join(root, ...(msi?.path ?? [])), 'utf8'), '7z.msi');
  const answers = await readFile(join(root, ANSWER_FILE), 'utf8');
  assert.match(answers, /pnputil \/add-driver C:\\Drivers/);
  assert.match(answers, /first-boot/);
  await verify(root, report.edits, report);
  assert.deepEqual((await personalise(root, settings, bring)).changes, [], 'everything is in place');
});

test('a Windows that was not sealed is left as it is, and the name that every host has is told', async (t) => {
  const root = await volume(t);
  await buildWindows(root, eleven('IMAGE_STATE_COMPLETE'));
  const report = await personalise(root, settingsOfOrder(order));
  assert.deepEqual([report.edits, report.changes], [[], []]);
  assert.match(report.warnings.join('\n'), /not generalised[\s\S]*every host is called MASTER/);
  await assert.rejects(access(join(root, ANSWER_FILE)));
});

test('a Windows XP is known by its hives, with and without its Sysprep folder', async (t) => {
  const root = await volume(t);
  await buildWindows(root, {
    folder: 'WINDOWS',
    config: 'system32/config',
    minorVersion: 3,
    system: {
      Select: { Current: 1 },
      Setup: { SystemSetupInProgress: 1, CmdLine: 'setup -newsetup -mini' },
    },
    software: {
      'Microsoft\\Windows NT\\CurrentVersion': {
        ProductName: 'Microsoft Windows XP',
        CurrentBuildNumber: '2600',
      },
    },
  });
  const { warnings } = await personalise(root, settingsOfOrder(order));
  assert.match(warnings.join('\n'), /There is no \\Sysprep folder beside \\WINDOWS/);
  await mkdir(join(root, 'sysprep'));
  await writeFile(join(root, 'sysprep', 'sysprep.inf'), '[UserData]\r\nComputerName=*\r\n');
  await personalise(root, settingsOfOrder(order));
  assert.match(
    await readFile(join(root, 'sysprep', 'sysprep.inf'), 'latin1'),
    /^\[UserData\]\r\nComputerName=R101-PC05\r\n/,
  );
});

test('a volume with neither is told of, and nothing is written', async (t) => {
  const root = await volume(t);
  await mkdir(join(root, 'data'));
  assert.equal((await inspectVolume(root)).isSystem, false);
  const report = await personalise(root, settingsOfOrder(order));
  assert.deepEqual(report.edits, []);
  assert.match(report.warnings.join('\n'), /holds no system that could be given a name/);
});
