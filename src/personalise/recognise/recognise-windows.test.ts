import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RecognisedWindows } from './facts.ts';
import { presentName, recogniseVolume } from './recognise-volume.ts';
import { sealStateOf } from './seal-state.ts';
import { generationOf } from './windows-version.ts';
import { buildWindows, hiveOf, policyText, type WindowsToBuild } from './windows-volume.fixture.ts';

const VERSION = 'Microsoft\\Windows NT\\CurrentVersion';
const STATE = 'Microsoft\\Windows\\CurrentVersion\\Setup\\State';
const SET = 'ControlSet002';

async function volume(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-recognise-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

/** Windows 11, sealed; the names of its folders in the spelling of Windows. */
const ELEVEN: WindowsToBuild = {
  folder: 'Windows',
  config: 'System32/config',
  minorVersion: 5,
  system: {
    Select: { Current: 2 },
    'ControlSet001\\Control\\ComputerName\\ComputerName': { ComputerName: 'OLD' },
    [`${SET}\\Control\\ComputerName\\ComputerName`]: { ComputerName: 'WIN-3F7Q' },
    [`${SET}\\Control\\ProductOptions`]: { ProductType: 'WinNT', ProductSuite: ['Terminal Server'] },
    [`${SET}\\Control\\Session Manager\\Environment`]: { PROCESSOR_ARCHITECTURE: 'AMD64' },
    [`${SET}\\Control\\Session Manager\\Power`]: { HiberbootEnabled: 1 },
    [`${SET}\\Control\\Nls\\Language`]: { InstallLanguage: '0407', Default: '0409' },
    [`${SET}\\Control\\MUI\\UILanguages\\de-DE`]: {},
    [`${SET}\\Control\\MUI\\UILanguages\\en-US`]: {},
    Setup: {
      SystemSetupInProgress: 1,
      CmdLine: 'oobe\\windeploy.exe',
      UnattendFile: 'C:\\mdt\\unattend.xml',
    },
  },
  software: {
    [VERSION]: {
      ProductName: 'Windows 10 Pro',
      CurrentBuild: '22631',
      CurrentVersion: '6.3',
      DisplayVersion: '23H2',
      EditionID: 'Professional',
      InstallationType: 'Client',
    },
    [STATE]: { ImageState: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE' },
  },
  machine: 0x8664,
};

async function windowsOf(t: TestContext, windows: WindowsToBuild): Promise<RecognisedWindows> {
  const root = await volume(t);
  await buildWindows(root, windows);
  const found = await recogniseVolume(root);
  assert.ok(found.system === 'windows');
  return found;
}

test('Windows 11, which calls itself 10, sealed', async (t) => {
  const { words, ...found } = await windowsOf(t, ELEVEN);
  assert.equal(words, 'Windows 11 Pro 23H2, build 22631, amd64, de-DE');
  assert.deepEqual(found, {
    system: 'windows',
    folder: 'Windows',
    generation: '11',
    productName: 'Windows 11 Pro',
    edition: 'Professional',
    release: '23H2',
    build: 22631,
    isServer: false,
    installationType: 'Client',
    architecture: 'amd64',
    language: 'de-DE',
    languages: ['de-DE', 'en-US'],
    computerName: 'WIN-3F7Q',
    membership: null,
    sealed: { sealed: true, because: 'it was sealed by sysprep /generalize /oobe' },
    unattendFile: 'C:\\mdt\\unattend.xml',
    hibernated: false,
    fastStartup: true,
    warnings: [],
  });
});

test('Windows XP in its own spelling, used and in a workgroup: the name is kept, the state is told', async (t) => {
  const found = await windowsOf(t, {
    folder: 'WINDOWS',
    config: 'system32/config',
    minorVersion: 3,
    system: {
      Select: { Current: 1 },
      'ControlSet001\\Control\\ComputerName\\ComputerName': { ComputerName: 'R101-PC05' },
      'ControlSet001\\Control\\ProductOptions': { ProductType: 'WinNT', ProductSuite: [''] },
      'ControlSet001\\Control\\Session Manager\\Environment': { PROCESSOR_ARCHITECTURE: 'x86' },
      'ControlSet001\\Control\\Nls\\Language': { InstallLanguage: '0407' },
      Setup: { SystemSetupInProgress: 0, CmdLine: '', CloneTag: ['Mon Mar 02 10:00:00 2009'] },
    },
    software: {
      [VERSION]: {
        ProductName: 'Microsoft Windows XP',
        CurrentBuildNumber: '2600',
        CurrentVersion: '5.1',
        CSDVersion: 'Service Pack 3',
      },
    },
    security: {
      'Policy\\PolPrDmN': { '': policyText('SCHULE') },
      'Policy\\PolPrDmS': { '': { type: 0, bytes: Buffer.alloc(4) } },
    },
  });
  assert.equal(found.words, 'Windows XP Service Pack 3, build 2600, x86, de-DE');
  assert.deepEqual(
    [found.generation, found.folder, found.edition, found.computerName],
    ['xp', 'WINDOWS', 'Professional', 'R101-PC05'],
  );
  assert.deepEqual(found.membership, { kind: 'workgroup', name: 'SCHULE' });
  assert.deepEqual(found.warnings, [
    'This Windows is not generalised: Sysprep ran once (Mon Mar 02 10:00:00 2009), and Windows was started and set up completely since.',
  ]);
});

test('a server in a domain that was never sealed, asleep by fast startup', async (t) => {
  const found = await windowsOf(t, {
    ...ELEVEN,
    system: {
      ...ELEVEN.system,
      [`${SET}\\Control\\ProductOptions`]: { ProductType: 'ServerNT' },
      Setup: {},
    },
    software: { [VERSION]: { ProductName: 'Windows Server 2019 Standard', CurrentBuild: '17763' } },
    security: {
      'Policy\\PolPrDmN': { '': policyText('SCHOOL') },
      'Policy\\PolPrDmS': {
        '': { type: 0, bytes: Buffer.from('010400000000000515000000010203040506070809101112', 'hex') },
      },
      'Policy\\PolDnDDN': { '': policyText('school.example') },
    },
    files: {
      'Windows/Setup/State/State.ini': Buffer.from(
        '\ufeff[State]\r\nImageState=IMAGE_STATE_COMPLETE\r\n',
        'utf16le',
      ),
      'hiberfil.sys': 'HIBR and so on',
    },
  });
  assert.equal(found.generation, '2019');
  assert.deepEqual(found.membership, { kind: 'domain', name: 'school.example' });
  assert.equal(found.sealed.sealed, false);
  assert.match(
    found.warnings.join('\n'),
    /not generalised: Windows is set up completely.*\n.*fast startup kept its memory/,
  );
});

test('damaged and missing hives are "not known" with a reason, and the rest is still read', async (t) => {
  const root = await volume(t);
  await buildWindows(root, ELEVEN);
  await writeFile(join(root, 'Windows/System32/config/software'), 'no hive at all');
  const found = await recogniseVolume(root);
  assert.ok(found.system === 'windows');
  assert.deepEqual(
    [found.generation, found.build, found.computerName, found.architecture],
    [null, null, 'WIN-3F7Q', 'amd64'],
  );
  assert.match(found.words, /^Windows of a version that is not known/);
  assert.match(
    found.warnings.join('\n'),
    /version of this Windows is not known\.\nthe hive SOFTWARE, offset 0: it has only 14 bytes/,
  );

  const dirty = hiveOf(ELEVEN.system);
  dirty.writeUInt32LE(9, 8);
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= dirty.readInt32LE(at);
  dirty.writeUInt32LE(sum >>> 0, 508);
  await writeFile(join(root, 'Windows/System32/config/SYSTEM'), dirty);
  assert.equal(await presentName(root), 'WIN-3F7Q');
  assert.match((await recogniseVolume(root)).warnings.join(), /SYSTEM was not closed cleanly/);

  const cut = hiveOf(ELEVEN.system);
  cut.fill(0xff, 4096 + 200);
  await writeFile(join(root, 'Windows/System32/config/SYSTEM'), cut);
  assert.equal(await presentName(root), null);

  await rm(join(root, 'Windows/System32/config'), { recursive: true });
  const bare = await recogniseVolume(root);
  assert.ok(bare.system === 'windows');
  assert.deepEqual([bare.architecture, bare.computerName, bare.sealed.sealed], ['amd64', null, null]);
  assert.match(bare.warnings.join(), /There is no hive SYSTEM\.,There is no hive SOFTWARE\./);
});

test('hives that lead out of the volume, or only to a starter of another, are no Windows', async (t) => {
  const root = await volume(t);
  assert.equal((await recogniseVolume(root)).system, 'none');
  await mkdir(join(root, 'Windows', 'System32', 'config'), { recursive: true });
  assert.equal((await recogniseVolume(root)).system, 'none');
  const other = await volume(t);
  await buildWindows(other, ELEVEN);
  await rm(join(root, 'Windows'), { recursive: true });
  await symlink(join(other, 'Windows'), join(root, 'Windows'));
  assert.equal((await recogniseVolume(root)).system, 'none');
});

test('builds become versions, of clients and of servers', () => {
  const clients = [2600, 6002, 7601, 9200, 9600, 10240, 19045, 22000, 26100].map((build) =>
    generationOf(build, false),
  );
  assert.deepEqual(clients, ['xp', 'vista', '7', '8', '8.1', '10', '10', '11', '11']);
  const servers = [2195, 3790, 6002, 7601, 9200, 9600, 14393, 17763, 20348, 26100].map((build) =>
    generationOf(build, true),
  );
  assert.deepEqual(servers, [
    '2000',
    '2003',
    '2008',
    '2008r2',
    '2012',
    '2012r2',
    '2016',
    '2019',
    '2022',
    '2025',
  ]);
  assert.equal(generationOf(3790, false), 'xp', 'XP for x64 processors');
  assert.equal(generationOf(1381, false), null);
});

test('sealed is only what starts as a machine of its own', () => {
  const signs = { build: 19045, imageState: null, setupInProgress: null, setupCommand: null, cloneTag: null };
  const sealed = (
    rest: Partial<typeof signs> | { imageState: string } | { setupCommand: string; setupInProgress: number },
  ): boolean | null => sealStateOf({ ...signs, ...rest }).sealed;
  assert.equal(sealed({}), null);
  assert.equal(sealed({ imageState: 'IMAGE_STATE_COMPLETE' }), false);
  assert.equal(sealed({ imageState: 'IMAGE_STATE_UNDEPLOYABLE' }), false);
  assert.equal(sealed({ imageState: 'IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE' }), false);
  assert.equal(sealed({ imageState: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT' }), false);
  assert.equal(sealed({ imageState: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE' }), true);
  assert.equal(sealed({ imageState: 'SOMETHING_NEW' }), null);
  const xp = { build: 2600 };
  assert.equal(sealed({ ...xp, setupCommand: 'setup -newsetup -mini', setupInProgress: 1 }), true);
  assert.equal(sealed({ ...xp, setupCommand: 'setup -newsetup', setupInProgress: 1 }), false);
  assert.equal(sealed({ ...xp, setupCommand: '', setupInProgress: 0 }), false);
  assert.equal(sealed(xp), null);
});
