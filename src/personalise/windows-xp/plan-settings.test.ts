import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import { isChange } from '../types.ts';
import { iniEntries } from './ini.ts';
import { pathsOfXp, planXp } from './plan.ts';
import {
  after,
  facts,
  files,
  full,
  MASTER,
  silent,
  sysprepInf,
  volume,
  windows,
} from './testing/plan-samples.ts';

test('everything a profile can say, in the form the master has', () => {
  const { edits, warnings } = planXp(full, facts, volume(MASTER));
  assert.equal(
    Buffer.from(edits.at(-1)?.after ?? []).toString('latin1'),
    MASTER.replace(
      'OemPnPDriversPath=Drivers\\own;drivers\\dell\\780\\net',
      'OemPnPDriversPath="Drivers\\own;drivers\\dell\\780\\net;Drivers\\dell\\780\\video\\x"',
    )
      .replace(/AdminPassword="\w+"/, 'AdminPassword="a;b 50%"')
      .replace('AdminPassword=Yes', 'AdminPassword=No')
      .replace('TimeZone=085', 'TimeZone=110')
      .replace('Regional=1\r\n', 'Regional=1\r\n    OemSkipWelcome=1\r\n')
      .replace('"School"', '"Room 101"')
      .replace(
        '=*\r\n',
        '=R101-PC05\r\n    OrgName="School, west wing"\r\n    ProductKey="AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"\r\n',
      )
      .replace(
        '[Identification]\r\n    JoinWorkgroup=LAB\r\n',
        '[Identification]\r\nJoinDomain=school.example\r\nDomainAdmin=SCHOOL\\join\r\nDomainAdminPassword="narrow"\r\nMachineObjectOU="OU=Labs,DC=school,DC=example"\r\n',
      )
      .concat(
        '\r\n[RegionalSettings]\r\nLanguageGroup=1\r\nSystemLocale=00000407\r\nUserLocale=00000407\r\nInputLocale=0807:00000807\r\n',
      ),
  );
  assert.deepEqual(
    edits.map(({ path, readers }) => [path.join('\\'), readers]),
    [
      ['Sysprep\\i386\\$OEM$\\mimeo\\01-school.reg', 'administrators'],
      ['Sysprep\\i386\\$OEM$\\mimeo\\setup.vbs', 'administrators'],
      ['Sysprep\\i386\\$OEM$\\cmdlines.txt', 'administrators'],
      ['Sysprep\\sysprep.inf', 'administrators'],
    ],
  );
  assert.equal(
    Buffer.from(edits[2]?.after ?? []).toString('latin1'),
    [
      '[Commands]',
      '"regedit /s C:\\sysprep\\i386\\$OEM$\\mimeo\\01-school.reg"',
      '"cscript //b //nologo C:\\sysprep\\i386\\$OEM$\\mimeo\\setup.vbs"',
      '"cmd /c C:\\Mimeo\\first-boot\\install.cmd"',
      '',
    ].join('\r\n'),
  );
  assert.deepEqual(warnings, [
    'C:\\Sysprep\\sysprep.inf has a comment behind TimeZone on its line, which Windows may take for a part of the value.',
  ]);
});

test('planned again over its own result it changes nothing', () => {
  const view = volume(MASTER);
  const again = planXp(full, facts, after(view, planXp(full, facts, view).edits));
  assert.deepEqual(again.edits.filter(isChange), []);
  assert.equal(pathsOfXp(full, view).length, 2 + 2 * 2);
});

test('settings that are silent change the name and nothing else', () => {
  const some = { ...facts, firstBootCommand: null };
  assert.equal(sysprepInf(silent, MASTER, some), MASTER.replace('=*', '=R101-PC05'));
  assert.deepEqual(Object.keys(files(volume(MASTER), silent, some)), ['Sysprep\\sysprep.inf']);
});

test('letters beyond A to Z: UTF-16 where nothing else changes by it, else refused', () => {
  const owner = { ...silent, windows: { ...windows, owner: 'Grundschule Süd' } };
  const plain = planXp(
    owner,
    { ...facts, firstBootCommand: null },
    volume('[UserData]\r\nComputerName=*\r\n'),
  ).edits.at(-1);
  assert.deepEqual(
    plain?.after,
    Buffer.from('\ufeff[UserData]\r\nComputerName=R101-PC05\r\nFullName="Grundschule Süd"\r\n', 'utf16le'),
  );
  assert.throws(
    () => planXp(owner, facts, volume('; B\xfcro\r\n[UserData]\r\nComputerName=*\r\n')),
    (error) => error instanceof MimeoError && error.code === 'sysprep-inf-invalid',
  );
  assert.ok(sysprepInf(silent, '; B\xfcro\r\n[UserData]\r\nFullName="\xfc"\r\n').startsWith('; B\xfcro'));
});

test('without a folder of drive C: all is done at the first logon', () => {
  const plan = planXp(full, facts, volume(MASTER.replace('C:\\sysprep', 'D:')));
  assert.deepEqual(
    plan.edits.map(({ path, readers }) => [path.join('\\'), readers]),
    [
      ['Mimeo\\01-school.reg', 'everyone'],
      ['Mimeo\\setup.vbs', 'administrators'],
      ['Sysprep\\sysprep.inf', 'administrators'],
    ],
  );
  assert.match(plan.warnings.join(), /let that be an administrator/);
  assert.match(
    Buffer.from(plan.edits.at(-1)?.after ?? []).toString(),
    /Command2="cmd \/c C:\\Mimeo\\first-boot/,
  );
});

const keys = [
  'ComputerName',
  'FullName',
  'AdminPassword',
  'TimeZone',
  'JoinDomain',
  'LanguageGroup',
  'Other',
];
const line = fc.oneof(
  fc.constantFrom(
    '[UserData]',
    '[GuiUnattended]',
    '[identification]',
    '[Unattended]',
    '[RegionalSettings]',
    '[X]',
  ),
  fc
    .tuple(
      fc.constantFrom(...keys, 'InstallFilesPath', 'OemPnPDriversPath', 'Language', 'JoinWorkgroup'),
      fc.constantFrom('=', ' = ', '\t='),
      fc.constantFrom(
        '',
        '*',
        '"a b"',
        'a;b',
        '"a";c',
        'x ; y',
        'C:\\x\\',
        '00000409',
        '"1","2"',
        '"open',
        'a""b',
      ),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('', '; note', '"bare"', '  ', '#', '[broken'),
);
const inf = fc
  .array(fc.tuple(line, fc.constantFrom('\r\n', '\r\n', '\n')), { maxLength: 25 })
  .map((lines) => lines.flat().join(''));

test('any sysprep.inf: every other key keeps its value, every other line stays in its place, twice is once', () => {
  const others = (text: string): string[] =>
    text.split(/\r?\n/).filter((one) => /^(;|#|Other|"bare|\[broken)/.test(one.trim()));
  fc.assert(
    fc.property(inf, fc.boolean(), (text, all) => {
      const settings = all ? full : silent;
      const view = volume(text);
      const plan = planXp(settings, facts, view);
      const written = Buffer.from(plan.edits.at(-1)?.after ?? []).toString('latin1');
      assert.deepEqual(others(written), others(text));
      assert.deepEqual(planXp(settings, facts, after(view, plan.edits)).edits.filter(isChange), []);
      assert.equal(
        iniEntries(written, 'UserData')
          .find(({ key }) => key === 'ComputerName')
          ?.value.replaceAll('"', ''),
        'R101-PC05',
      );
    }),
    { numRuns: 200 },
  );
});
