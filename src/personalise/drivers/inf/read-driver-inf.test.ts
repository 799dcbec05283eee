import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDriverInf } from './read-driver-inf.ts';

const NET = `
[Version]
Signature   = "$WINDOWS NT$"
Class       = Net
ClassGuid   = {4D36E972-E325-11CE-BFC1-08002BE10318}
Provider    = %Mfg%
CatalogFile.NTamd64 = net64.cat
CatalogFile = net.cat
DriverVer   = 4/22/2013,12.6.45.0

[Manufacturer]
%Mfg% = Cards, NTx86.5.1, NTamd64.6.1

[ControlFlags]
ExcludeFromSelect = *

[Cards]
[Cards.NTx86.5.1]
%Card% = Inst32, PCI\\ven_8086&DEV_1502, PCI\\CC_0200
[Cards.NTamd64.6.1]
%Card%   = Inst64, PCI\\VEN_8086&DEV_1502&SUBSYS_%Sub%
"Other"  = Inst64,, *PNP80D6
%Broken% = Inst64

[Inst32]
CopyFiles = @net32.sys
[Inst64.NTamd64]
Include = netrasa.inf
Needs = Common, NdiMP-Ip
FeatureScore = 0A
CopyFiles = Files
[Inst64.NTamd64.CoInstallers]
CopyFiles = Tools
[Inst64.NTamd64.Components]
AddComponent = control,,Panel
[Panel]
ComponentIDs = VEN0001
[Common]
Needs = Common
CopyFiles = More
[Files]
net64.sys,,,2
[More]
installed.dat, source.dat
windows.dll
[Tools]
tool.dll

[SourceDisksNames]
1 = "Disk",,,
[SourceDisksNames.amd64]
1 = "Disk",pack.cab,,\\x64
[SourceDisksFiles]
net32.sys = 1
source.dat = 1,.\\data
net64.sys = 1,generic
[SourceDisksFiles.amd64]
NET64.sys = 1
tool.dll = 1,tools\\bin

[Strings]
Mfg = "Cards, ""Ltd."""
Sub = 052C1028
[Strings.0407]
Card = "Netzwerkkarte"
`;

test('a driver is read with all that decides over it', () => {
  const inf = readDriverInf(Buffer.from(NET));
  assert.ok(inf);
  assert.deepEqual(inf.problems, []);
  assert.equal(inf.className, 'Net');
  assert.equal(inf.classGuid, '{4d36e972-e325-11ce-bfc1-08002be10318}');
  assert.equal(inf.provider, 'Cards, "Ltd."');
  assert.deepEqual([inf.date, inf.version], ['2013-04-22', '12.6.45.0']);
  assert.deepEqual(inf.catalogs, { ntamd64: 'net64.cat', '': 'net.cat' });
  assert.equal(inf.extensionId, null);
  const [maker] = inf.manufacturers;
  assert.equal(maker?.name, 'Cards, "Ltd."');
  assert.deepEqual(maker.models, [
    { decoration: null, devices: [], files: [], components: [] },
    {
      decoration: 'NTx86.5.1',
      devices: [
        { description: 'Netzwerkkarte', ids: ['PCI\\VEN_8086&DEV_1502', 'PCI\\CC_0200'], featureScore: 255 },
      ],
      files: [{ path: 'net32.sys', cabinet: null }],
      components: [],
    },
    {
      decoration: 'NTamd64.6.1',
      devices: [
        { description: 'Netzwerkkarte', ids: ['PCI\\VEN_8086&DEV_1502&SUBSYS_052C1028'], featureScore: 10 },
        { description: 'Other', ids: ['', '*PNP80D6'], featureScore: 10 },
      ],
      files: [
        { path: 'x64/NET64.sys', cabinet: 'x64/pack.cab' },
        { path: 'x64/data/source.dat', cabinet: 'x64/pack.cab' },
        { path: 'x64/tools/bin/tool.dll', cabinet: 'x64/pack.cab' },
      ],
      components: ['SWC\\VEN0001'],
    },
  ]);
});

test('an extension is told by its class', () => {
  const text = NET.replace(/\{4D36.*\}/, '{E2F84CE7-8EFA-411C-AA69-97454CA4CB57}\nExtensionId={ABC}');
  assert.equal(readDriverInf(Buffer.from(text))?.extensionId, '{abc}');
});

test('what is no driver is passed over, what Windows refuses is told', () => {
  for (const text of [
    '[autorun]\nopen=setup.exe',
    '',
    'hello',
    '[Version]\nSignature=$CHICAGO$\n[DefaultInstall]',
  ]) {
    assert.equal(readDriverInf(Buffer.from(text)), null);
  }
  const unsigned = readDriverInf(Buffer.from(NET.replace('$WINDOWS NT$', '$WINDOWS 3$')));
  assert.deepEqual(unsigned?.manufacturers, []);
  assert.match(unsigned?.problems[0]?.text ?? '', /no Signature/);
  const swapped = Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(NET, 'utf16le').swap16()]);
  assert.deepEqual(
    readDriverInf(swapped)?.problems.map(({ line, fatal }) => [line, fatal]),
    [[1, true]],
  );
  const cut = readDriverInf(Buffer.from(`${NET}\n[Cards.NTamd64.6.1`));
  assert.deepEqual(cut?.manufacturers, []);
});

test('a section that is not there counts where Windows would choose it', () => {
  const text = NET.replace('NTamd64.6.1\n', 'NTamd64.6.1, NTamd64.10.0, NTamd65\n');
  const inf = readDriverInf(Buffer.from(text));
  assert.deepEqual(
    inf?.problems.map(({ line, text }) => `${line} ${text}`),
    [
      '12 There is no section [Cards.NTamd64.10.0].',
      '12 NTamd65 names no Windows, so Windows passes over [Cards.NTamd65].',
    ],
  );
  assert.deepEqual(inf?.manufacturers[0]?.models.map(({ decoration }) => decoration).at(-1), 'NTamd64.10.0');
});
