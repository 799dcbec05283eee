import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import type { DomainSettings, WindowsSettings } from '../settings.ts';
import { iniEntries, iniSection } from './ini.ts';
import { pathsToRemove } from './paths-to-remove.ts';
import { planXp } from './plan.ts';
import { facts, full, MASTER, silent, sysprepInf, volume, windows } from './testing/plan-samples.ts';

test('workgroup and domain drive each other out, wherever their keys stand', () => {
  const identity = (domain: DomainSettings | null, inf: string) =>
    iniSection(sysprepInf({ ...silent, domain }, inf), 'Identification');
  const joined =
    '[Identification]\r\nJoinDomain=OLD\r\nDomainAdmin=a\r\n; who\r\nDomainAdminPassword=b\r\n[X]\r\n[identification]\r\nMachineObjectOU=c\r\n';
  assert.deepEqual(identity({ kind: 'workgroup', name: 'LAB 1' }, joined), ['JoinWorkgroup="LAB 1"']);
  assert.doesNotMatch(
    sysprepInf({ ...silent, domain: { kind: 'workgroup', name: 'LAB' } }, joined),
    /MachineObjectOU/,
  );
  const domain = { kind: 'credentials', domain: 'NEW', account: 'j', password: 'p', unit: null } as const;
  assert.deepEqual(identity(domain, joined), ['JoinDomain=NEW', 'DomainAdmin=j', 'DomainAdminPassword="p"']);
  assert.deepEqual(identity(null, joined), ['JoinDomain=OLD', 'DomainAdmin=a', 'DomainAdminPassword=b']);
  const offline = { ...silent, domain: { kind: 'offline', domain: 'school.example', blob: 'x' } as const };
  assert.match(planXp(offline, facts, volume(joined)).warnings.join(), /does not join school\.example/);
});

test('the administrator: no password, his own logon, a hash that stays', () => {
  const gui = (more: Partial<WindowsSettings>) =>
    iniEntries(sysprepInf({ ...silent, windows: { ...windows, ...more } }), 'GuiUnattended').map(
      ({ key, value }) => `${key}=${value}`,
    );
  assert.ok(gui({}).includes('EncryptedAdminPassword=Yes'));
  assert.deepEqual(gui({ administratorPassword: '' }).slice(0, 2), [
    'AdminPassword="*"',
    'EncryptedAdminPassword=No',
  ]);
  const logsOn = gui({ autoLogon: { account: 'Administrator', password: 'x', count: 3 } });
  for (const line of ['AdminPassword="x"', 'AutoLogon=Yes', 'AutoLogonCount=3'])
    assert.ok(logsOn.includes(line), line);
  for (const administratorPassword of ['*', 'x'.repeat(128)]) {
    assert.throws(
      () => gui({ administratorPassword }),
      (error) => error instanceof MimeoError && error.code === 'personalise-order',
    );
  }
});

test('Windows 2000 calls the key ProductID', () => {
  const keyed = { ...silent, windows: { ...windows, productKey: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE' } };
  assert.match(sysprepInf(keyed, MASTER, { ...facts, version: '2000' }), /ProductID="AAAAA/);
});

test('more drivers than Windows reads are an error that says what to do', () => {
  const many = {
    ...silent,
    drivers: Array.from({ length: 60 }, (_, n) => ({
      path: `a-maker-with-a-long-name/model-${n}`,
      files: [{ path: 'x.inf', bytes: 1, sha256: '00' }],
    })),
  };
  assert.throws(() => sysprepInf(many), /The 62 folders of drivers take \d{4} characters.*fewer drivers/);
  const odd = { ...silent, drivers: [{ path: 'a;b', files: [{ path: 'x.inf', bytes: 1, sha256: '00' }] }] };
  assert.throws(() => sysprepInf(odd), /a;b has a semicolon/);
});

test('what Mini-Setup will still ask for is said', () => {
  const asking = { ...silent, windows: { ...windows, skipQuestions: true } };
  const { warnings } = planXp(asking, facts, volume('[UserData]\r\nFullName=""\r\nProductID=1\r\n'));
  assert.match(
    warnings.join(),
    /ask for the name of the owner, the administrator's password, the time zone, the workgroup or domain:/,
  );
});

test('what may hold a password is named for removal', () => {
  assert.deepEqual(pathsToRemove(silent, facts), [['Sysprep'], ['Mimeo', 'setup.vbs']]);
  assert.deepEqual(pathsToRemove(full, facts).at(-1), ['WINDOWS', 'System32', '$winnt$.inf']);
});
