import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostHardware } from './choose-drivers.ts';
import { checkCoverage } from './coverage.ts';
import { coverageLines, windowsName } from './coverage-text.ts';
import { makeDriverTable } from './driver-table.ts';
import type { HostDevice } from './host-device.ts';
import type { WindowsTarget } from './inf/target-os.ts';
import { scanDrivers } from './scan-drivers.ts';
import { driverFiles, infText, makeTree } from './testing/driver-tree.ts';

const XP: WindowsTarget = { architecture: 'x86', major: 5, minor: 1, build: 2600 };
const SEVEN: WindowsTarget = { architecture: 'amd64', major: 6, minor: 1, build: 7601 };
const TEN: WindowsTarget = { architecture: 'amd64', major: 10, minor: 0, build: 19045 };
const pci = (vendor: string, device: string, pciClass: string, revision: number | null = 4): HostDevice => {
  const [base, sub, face] = [pciClass.slice(0, 2), pciClass.slice(2, 4), pciClass.slice(4)];
  return {
    modalias: `pci:v0000${vendor}d0000${device}sv00001028sd0000052Cbc${base}sc${sub}i${face}`,
    revision,
  };
};
const CARD = pci('8086', '1502', '020000');
const REALTEK = pci('10EC', '8168', '020000', null);
const AHCI = pci('8086', '1C02', '010601');
const RAID = pci('8086', '2822', '010400');
const NVME = pci('144D', 'A808', '010802');
const hardware = (...devices: HostDevice[]): HostHardware => ({
  ...{ manufacturer: 'Dell Inc.', product: 'OptiPlex 7010', version: null },
  devices,
});
const wishes = { folders: [], byModel: true };

test('each card and controller is covered, not covered, or honestly not known', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('net', { ids: ['PCI\\VEN_8086&DEV_1502'] }),
    ...driverFiles('rtl', { ids: ['PCI\\VEN_10EC&DEV_8168&REV_06'] }),
    ...driverFiles('rst', { ids: ['PCI\\VEN_8086&DEV_2822&CC_0104'] }),
    'unsigned/x.inf': infText({ ids: ['PCI\\VEN_14E4&DEV_1600'] }),
    'unsigned/x.sys': '',
  });
  const index = await scanDrivers(root);
  const say = (windows: WindowsTarget, device: HostDevice): string => {
    const report = checkCoverage(
      [{ name: 'PC01', hardware: hardware(device), wishes }],
      makeDriverTable(index, windows),
    );
    const [one] = report.hosts[0]?.devices ?? [];
    assert.equal(report.hosts[0]?.coverage, one?.coverage);
    return `${one?.coverage} ${one?.from} ${one?.inf}`;
  };
  assert.equal(say(SEVEN, CARD), 'ready share net/x.inf');
  assert.equal(say(SEVEN, REALTEK), 'unknown share rtl/x.inf');
  assert.equal(say(SEVEN, { ...REALTEK, revision: 6 }), 'ready share rtl/x.inf');
  assert.equal(say(SEVEN, pci('14E4', '1600', '020000')), 'unknown share unsigned/x.inf');
  assert.equal(say(SEVEN, pci('14E4', '1601', '020000')), 'unknown null null');
  assert.equal(say(SEVEN, pci('1AF4', '1000', '020000')), 'missing null null');
  assert.equal(say(XP, pci('1022', '2000', '020000')), 'ready windows null');
  assert.equal(say(SEVEN, pci('1022', '2000', '020000')), 'missing null null');
  assert.equal(say(SEVEN, AHCI), 'ready windows null');
  assert.equal(say(XP, AHCI), 'missing null null');
  assert.equal(say(SEVEN, NVME), 'missing null null');
  assert.equal(say(TEN, NVME), 'ready windows null');
  assert.equal(say(SEVEN, RAID), 'unknown share rst/x.inf');
});

test('the drivers of the image itself settle what was not known', async (t) => {
  const share = await makeTree(t, driverFiles('rst', { ids: ['PCI\\VEN_8086&DEV_2822&CC_0104'] }));
  const image = await makeTree(t, { 'nete1e3e.inf': infText({ ids: ['PCI\\VEN_8086&DEV_1502'] }) });
  const table = makeDriverTable(await scanDrivers(share), SEVEN);
  const report = checkCoverage(
    [{ name: 'PC01', hardware: hardware(CARD, RAID), wishes }],
    table,
    makeDriverTable(await scanDrivers(image), SEVEN),
  );
  assert.deepEqual(
    report.hosts[0]?.devices.map(({ coverage, from, why }) => [coverage, from, why]),
    [
      ['ready', 'image', 'the image has a driver'],
      [
        'missing',
        'share',
        'the image has no driver; the driver in the share comes too late, it has to be in the image',
      ],
    ],
  );
});

test('the report names hosts alike once, those in need first', async (t) => {
  const root = await makeTree(t, {
    ...driverFiles('Dell/OptiPlex 7010/net', { ids: ['PCI\\VEN_8086&DEV_1502'] }),
    'Dell/OptiPlex 7010/old/x.inf': infText({ ids: ['PCI\\VEN_8086&DEV_1502'], file: 'old.sys' }),
    'bad/y.inf': '[Version]\n[Manufacturer]\nM=M\n[M]\n',
  });
  const report = checkCoverage(
    [
      { name: 'PC01', hardware: hardware(CARD, AHCI), wishes },
      { name: 'PC02', hardware: hardware(CARD, AHCI), wishes },
      { name: 'PC03', hardware: hardware(CARD, pci('1AF4', '1001', '010000')), wishes },
      { name: 'PC04', hardware: null, wishes },
      { name: 'PC05', hardware: hardware(CARD), wishes },
    ],
    makeDriverTable(await scanDrivers(root), SEVEN),
  );
  assert.deepEqual(coverageLines(report), [
    'Windows 7 (x64): 3 of 5 hosts have drivers for network and disks; without: 1; not known: 1.',
    '',
    'PC03  (Dell Inc. OptiPlex 7010)',
    '  folder   Dell/OptiPlex 7010',
    '  ok       network  8086:1502  Dell/OptiPlex 7010/net/x.inf 1.0.0.0: the share has a driver',
    '  MISSING  disks    1af4:1001  no Windows has drivers for virtio',
    '  Dell/OptiPlex 7010/old/x.inf is left out, because Dell/OptiPlex 7010/old/old.sys is missing.',
    '',
    'PC04',
    '  It has not told of its devices yet: start it over the network once.',
    '',
    'PC01, PC02  (Dell Inc. OptiPlex 7010)',
    '  folder   Dell/OptiPlex 7010',
    '  ok       network  8086:1502  Dell/OptiPlex 7010/net/x.inf 1.0.0.0: the share has a driver',
    '  ok       disks    8086:1c02  Windows Vista and later have a driver for AHCI',
    '  Dell/OptiPlex 7010/old/x.inf is left out, because Dell/OptiPlex 7010/old/old.sys is missing.',
    '',
    'PC05  (Dell Inc. OptiPlex 7010)',
    '  folder   Dell/OptiPlex 7010',
    '  ok       network  8086:1502  Dell/OptiPlex 7010/net/x.inf 1.0.0.0: the share has a driver',
    '  Dell/OptiPlex 7010/old/x.inf is left out, because Dell/OptiPlex 7010/old/old.sys is missing.',
    '  It told of no disk controller that Windows would see as a PCI device.',
    '',
    'Wrong with the drivers in the share (1):',
    '  bad/y.inf: There is no Signature="$Windows NT$" in [Version], so Windows takes no driver from it.',
  ]);
});

test('Windows is called by its name', () => {
  const names = [XP, SEVEN, TEN, { ...TEN, build: 22631 }, { ...SEVEN, major: 7 }].map(windowsName);
  assert.deepEqual(names, [
    ...['Windows XP (x86)', 'Windows 7 (x64)', 'Windows 10 (x64)', 'Windows 11 (x64)', 'Windows 7.1 (x64)'],
  ]);
});
