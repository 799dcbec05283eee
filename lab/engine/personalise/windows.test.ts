import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import {
  type Edit,
  type HostSettings,
  planWindows,
  settingsOfOrder,
  type WindowsFacts,
} from '../../../src/personalise/index.ts';
import { labNeeds } from '../../needs.ts';
import { WineHost } from './wine-host.ts';

const skip = labNeeds('wine', 'wineboot', 'wineserver', 'nasm');
let windows: WineHost;
before(async () => {
  if (skip === false) windows = await WineHost.make();
});
beforeEach(async () => {
  if (skip !== false) return;
  await windows.fresh();
  for (const folder of [['Drivers'], ['windows', 'Panther']]) {
    await rm(windows.path(...folder), { recursive: true, force: true });
    await mkdir(windows.path(...folder));
  }
});
after(async () => {
  if (skip === false) await windows.remove();
});

const reg = (name: string, key: string): HostSettings['registryFiles'][number] => ({
  name,
  content: Buffer.from(`REGEDIT4\r\n\r\n[${key}]\r\n"Name"="{{host.name}}"\r\n`).toString('base64'),
});
const PLAIN = settingsOfOrder({
  computerName: 'R101-PC05',
  fields: { 'host.name': 'R101-PC05' },
  registryFiles: [
    reg('my school.reg', 'HKEY_LOCAL_MACHINE\\Software\\School'),
    reg('broken.reg', 'HKEY_LOCAL_MACHINE\\Software\\Other'),
    reg('desk.first-logon.reg', 'HKEY_CURRENT_USER\\Software\\Desk'),
  ],
});
const SETTINGS: HostSettings = {
  ...PLAIN,
  windows: { ...PLAIN.windows, skipQuestions: true, preventEncryption: true },
  drivers: [{ path: 'dell', files: [] }],
};
const TEN: WindowsFacts = {
  build: 19045,
  architecture: 'amd64',
  language: null,
  languages: [],
  unattendFile: null,
  firstBootCommand: null,
};

/** Brings the files to the disk, and gives the commands of the answer file as Windows' setup reads them. */
async function deploy(facts: WindowsFacts): Promise<string[]> {
  const { edits } = planWindows(SETTINGS, facts, { kind: 'folder', name: '', entries: [] });
  let answers = '';
  for (const edit of edits.filter((one): one is Edit => one.kind === undefined || one.kind === 'file')) {
    const path = windows.path(...edit.path.map((name) => (name === 'Windows' ? 'windows' : name)));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, edit.after);
    if (edit.path.at(-1) === 'unattend.xml') answers = Buffer.from(edit.after).toString();
  }
  return [...answers.matchAll(/<(?:Path|CommandLine)>([^<]*)</g)].map(([, line = '']) =>
    line.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  );
}

/** Runs a command line as it stands, as Windows' setup does, and gives its exit status. */
async function runLine(line: string): Promise<number | null> {
  const script = windows.path('test', 'run.vbs');
  const quoted = line.replaceAll('"', '""');
  await writeFile(script, `WScript.Quit CreateObject("WScript.Shell").Run("${quoted}", 0, True)\r\n`);
  return windows.run('cscript', '//b', '//nologo', 'C:\\test\\run.vbs');
}

async function exported(key: string): Promise<string> {
  await windows.run('reg', 'export', key, 'C:\\test\\out.reg', '/y');
  return (await readFile(windows.path('test', 'out.reg'))).toString('utf16le');
}

test('the commands of an answer file run: .reg files, drivers, and a failure stops nothing', {
  skip,
}, async () => {
  const commands = await deploy(TEN);
  assert.equal(commands.length, 5);
  await writeFile(windows.path('Mimeo', 'registry', '02-broken.reg'), 'no registry file');
  const [school = '', broken = '', drivers = '', desk = '', cleanUp = ''] = commands;
  assert.equal(await runLine(school), 0);
  assert.match(await exported('HKLM\\Software\\School'), /"Name"="R101-PC05"/);
  assert.equal(await runLine(broken), 0, 'Windows goes on');
  assert.equal(await runLine(drivers), 0);
  const added = (await windows.commands()).map((line) => line.trimEnd());
  assert.deepEqual(added, ['pnputil /add-driver C:\\Drivers\\*.inf /subdirs /install']);
  // Wine's reg says nothing into a file, so all that is seen here is that there is one.
  await windows.text('windows', 'Panther', 'mimeo-setup.log');
  assert.equal(await runLine(desk), 0);
  assert.match(await exported('HKCU\\Software\\Desk'), /"Name"="R101-PC05"/);
  await windows.text('windows', 'Panther', 'unattend.xml');
  assert.equal(await runLine(cleanUp), 0);
  await assert.rejects(windows.text('windows', 'Panther', 'unattend.xml'), { code: 'ENOENT' });
  assert.deepEqual(
    await readdir(windows.path('Mimeo')),
    ['registry'],
    'which the first-boot service removes',
  );
});

test('the pnputil of Windows 7 is given each driver of every folder', { skip }, async () => {
  const drivers = (await deploy({ ...TEN, build: 7601 }))[2] ?? '';
  await mkdir(windows.path('Drivers', 'dell', 'net card'), { recursive: true });
  for (const file of ['a.inf', 'dell/b.inf', 'dell/net card/c.inf', 'dell/c.sys']) {
    await writeFile(windows.path('Drivers', ...file.split('/')), '');
  }
  await windows.standIn('pnputil', 5);
  assert.equal(await runLine(drivers), 0);
  assert.deepEqual(
    (await windows.commands()).toSorted(),
    ['C:\\Drivers\\a.inf', 'C:\\Drivers\\dell\\b.inf', 'C:\\Drivers\\dell\\net card\\c.inf'].map(
      (path) => `pnputil -i -a "${path}"`,
    ),
  );
});
