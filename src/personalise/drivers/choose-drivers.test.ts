import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDrivers, type DriverChoice, type HostHardware } from './choose-drivers.ts';
import { infPath } from './driver-index.ts';
import { makeDriverTable } from './driver-table.ts';
import { deviceIds } from './host-device.ts';
import type { WindowsTarget } from './inf/target-os.ts';
import { matchDrivers } from './match-drivers.ts';
import { scanDrivers } from './scan-drivers.ts';
import { driverFiles, infText, makeTree } from './testing/driver-tree.ts';

const SEVEN: WindowsTarget = { architecture: 'amd64', major: 6, minor: 1, build: 7601 };
const TEN: WindowsTarget = { architecture: 'amd64', major: 10, minor: 0, build: 19045 };
const CARD = { modalias: 'pci:v00008086d00001502sv00001028sd0000052Cbc02sc00i00', revision: 4 };
const SMBUS = { modalias: 'pci:v00008086d00001C22sv00001028sd0000052Cbc0Csc05i00', revision: 4 };
const SOUND = { modalias: 'pci:v00008086d00001C20sv00001028sd0000052Cbc04sc03i00', revision: 4 };
const HOST: HostHardware = {
  ...{ manufacturer: 'Dell Inc.', product: 'OptiPlex 7010', version: '01' },
  devices: [CARD, SOUND, SMBUS],
};
const BY_MODEL = { folders: [], byModel: true };
const ID = 'PCI\\VEN_8086&DEV_1502';

function names(choice: DriverChoice): string[] {
  return choice.packages.map(({ folder }) => folder);
}

test('drivers are ranked by the id, then by date and version; what lacks files or a signature comes after', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('class', { ids: ['PCI\\CC_0200'], driverVer: '01/01/2024,9.0.0.0' }),
    ...driverFiles('compatible', { ids: [`PCI\\VEN_1,${ID}`] }),
    ...driverFiles('device', { ids: [ID] }),
    ...driverFiles('half-compatible', { ids: [`PCI\\VEN_1,${ID}&SUBSYS_052C1028`] }),
    ...driverFiles('device-newer', { ids: [ID], driverVer: '01/03/2020,1.0.0.0' }),
    ...driverFiles('device-version', { ids: [ID], driverVer: '01/02/2020,1.0.10.0' }),
    ...driverFiles('feature', { ids: [ID], install: 'FeatureScore=10' }),
    ...driverFiles('revision', { ids: [`${ID}&SUBSYS_052C1028&REV_04`] }),
    ...driverFiles('revision-other', { ids: [`${ID}&SUBSYS_052C1028&REV_05`] }),
    ...driverFiles('subsystem', { ids: [`${ID}&SUBSYS_052C1028`] }),
    ...driverFiles('server', { ids: [ID], target: 'NTamd64.10.0' }),
    'lacking/x.inf': infText({ ids: [`${ID}&SUBSYS_052C1028&REV_04`] }),
    'lacking/x.cat': '',
    'unsigned/x.inf': infText({ ids: [`${ID}&SUBSYS_052C1028&REV_04`] }),
    'unsigned/X.SY_': '',
  });
  const table = makeDriverTable(await scanDrivers(root), SEVEN);
  const ids = deviceIds(CARD);
  assert.ok(ids);
  const matches = matchDrivers(ids, table);
  assert.deepEqual(
    matches.map(({ driver, rank }) => [driver.folder, rank.toString(16)]),
    [
      ['feature', '102001'],
      ['revision', 'ff0000'],
      ['subsystem', 'ff0001'],
      ['half-compatible', 'ff1001'],
      ['device-newer', 'ff2001'],
      ['device-version', 'ff2001'],
      ['device', 'ff2001'],
      ['class', 'ff2006'],
      ['compatible', 'ff3001'],
      ['unsigned', 'ff0000'],
      ['lacking', 'ff0000'],
    ],
  );
  assert.deepEqual(matches.at(-1)?.missing, ['lacking/x.sys']);
  const unknown = deviceIds({ ...CARD, revision: null });
  assert.ok(unknown);
  assert.deepEqual(
    matchDrivers(unknown, table)
      .map(({ driver }) => driver.folder)
      .filter((folder) => folder.startsWith('revision'))
      .sort(),
    ['revision', 'revision-other'],
  );
});

test('of equal drivers the one in a folder called after this Windows is taken', async (t) => {
  const newer = { ids: [ID], driverVer: '01/01/2021,2.0.0.0' };
  const root = await makeTree(t, {
    ...driverFiles('net/7x64', { ids: [ID] }),
    ...driverFiles('net/Windows 8.1/x64', newer),
    ...driverFiles('net/win7/x86', newer),
  });
  const table = makeDriverTable(await scanDrivers(root), SEVEN);
  assert.deepEqual(names(chooseDrivers(HOST, BY_MODEL, table)), ['net/7x64']);
});

test("a host gets its model's folder, and from elsewhere only what that lacks", async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('Dell/OptiPlex 7010/win7/x64/net', { ids: [ID] }),
    ...driverFiles('Dell/OptiPlex 7010/win7/x64/monitor', { ids: ['MONITOR\\DEL4021'] }),
    ...driverFiles('Dell/OptiPlex 7010/win10/x64/net', { ids: [ID], driverVer: '01/01/2021,2.0.0.0' }),
    ...driverFiles('Dell/OptiPlex 7020/net', { ids: [`${ID}&SUBSYS_052C1028`] }),
    ...driverFiles('HP/600/sound', { ids: ['PCI\\VEN_8086&DEV_1C20'] }),
    ...driverFiles('HP/600/any-sound', { ids: ['PCI\\CC_0403'] }),
    ...driverFiles('HP/600/bus', { ids: ['PCI\\CC_0C05'] }),
    ...driverFiles('tools/scanner', { ids: ['USB\\VID_04A9&PID_1904'] }),
  });
  const table = makeDriverTable(await scanDrivers(root), SEVEN);
  const choice = chooseDrivers(HOST, { folders: ['Tools'], byModel: true }, table);
  assert.deepEqual(choice.modelFolders, ['Dell/OptiPlex 7010']);
  const model = ['Dell/OptiPlex 7010/win7/x64/monitor', 'Dell/OptiPlex 7010/win7/x64/net'];
  assert.deepEqual(names(choice), [...model, 'HP/600/sound', 'tools/scanner']);
  assert.deepEqual(names(chooseDrivers(HOST, { folders: ['tools/'], byModel: false }, table)), [
    'tools/scanner',
  ]);
});

test('a driver in the root of the tree is given to no host', async (t) => {
  const root = await makeTree(t, { 'x.inf': infText({ ids: [ID] }), 'x.cat': '', 'x.sys': '' });
  const table = makeDriverTable(await scanDrivers(root), SEVEN);
  assert.deepEqual(names(chooseDrivers(HOST, { folders: [], byModel: true }, table)), []);
});

test('a driver that lacks files is left out, with their names', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('Dell/OptiPlex 7010/net', { ids: [ID] }),
    'Dell/OptiPlex 7010/whole/x.inf': infText({ ids: [`${ID}&SUBSYS_052C1028`], file: 'gone.sys' }),
  });
  const choice = chooseDrivers(HOST, BY_MODEL, makeDriverTable(await scanDrivers(root), SEVEN));
  assert.deepEqual(names(choice), ['Dell/OptiPlex 7010/net']);
  assert.deepEqual(
    choice.incomplete.map(({ driver, missing }) => [infPath(driver), missing]),
    [['Dell/OptiPlex 7010/whole/x.inf', ['Dell/OptiPlex 7010/whole/gone.sys']]],
  );
});

test('extensions and components come with the driver they belong to, from Windows 10 on', async (t) => {
  const extension = (date: string): string =>
    `Class=Extension\nClassGuid={e2f84ce7-8efa-411c-aa69-97454ca4cb57}\nExtensionId={1}\nX=${date}`;
  const root = await makeTree(t, {
    ...driverFiles('base', {
      ids: [ID],
      install:
        '[Install.Components]\nAddComponent=Panel,,Component\n[Component]\nComponentIDs=ven0001&pid0001',
    }),
    ...driverFiles('component', { ids: ['SWC\\VEN0001&PID0001'] }),
    ...driverFiles('extension-old', { ids: [`${ID}&SUBSYS_052C1028`], version: extension('a') }),
    ...driverFiles('extension', { ids: [ID], version: extension('b'), driverVer: '01/01/2021,1.0.0.0' }),
    ...driverFiles('foreign', { ids: ['SWC\\VEN0002'] }),
  });
  const index = await scanDrivers(root);
  const onTen = chooseDrivers(HOST, BY_MODEL, makeDriverTable(index, TEN));
  assert.deepEqual(names(onTen), ['base', 'component', 'extension']);
  assert.equal(onTen.devices[0]?.match?.driver.folder, 'base');
  assert.deepEqual(names(chooseDrivers(HOST, BY_MODEL, makeDriverTable(index, SEVEN))), [
    'base',
    'component',
  ]);
});
