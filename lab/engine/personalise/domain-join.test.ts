import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ErrorCode, MimeoError } from '../../../src/errors.ts';
import { type JoinAccount, type JoinRequest, SambaJoiner, Secret } from '../../../src/personalise/index.ts';
import { labNeeds } from '../../needs.ts';
import {
  BASE,
  DOMAIN,
  DOMAIN_TOOLS,
  type DomainController,
  REALM,
  startDomainController,
} from './domain-controller.ts';

/** Offline domain join against a real domain controller: the accounts, the blobs, and what can go wrong. */
const skip = labNeeds(...DOMAIN_TOOLS);
const UNIT = `OU=R101,${BASE}`;
const PASSWORD = ' Jöin "Pass %word; 1';
const account: JoinAccount = {
  domain: DOMAIN,
  account: 'mimeo-join',
  password: new Secret(PASSWORD),
  controller: null,
};

let controller: DomainController | null = null;
const path = process.env['PATH'] ?? '';

before(async () => {
  if (skip !== false) return;
  controller = await startDomainController();
  process.env['PATH'] = `${controller.programs}:${path}`;
  await controller.tool('user', 'create', 'mimeo-join', PASSWORD);
  await controller.tool('ou', 'create', UNIT);
  await controller.tool('computer', 'create', 'TEACHER-PC');
  const shown = await controller.tool('user', 'show', 'mimeo-join', '--attributes=objectSid');
  const sid = /^objectSid: (\S+)/m.exec(shown.stdout.toString())?.[1] ?? '';
  await controller.tool('dsacl', 'set', `--objectdn=${UNIT}`, `--sddl=${rightsOf(sid)}`);
});
after(async () => {
  process.env['PATH'] = path;
  await controller?.[Symbol.asyncDispose]();
});

/** What docs/domain-join.md has the technician grant: no more. */
function rightsOf(sid: string): string {
  const computer = 'bf967a86-0de6-11d0-a285-00aa003049e2';
  const onComputers = (rights: string, object: string): string =>
    `(OA;CIIO;${rights};${object};${computer};${sid})`;
  return [
    `(OA;CI;CC;${computer};;${sid})`,
    onComputers('CR', '00299570-246d-11d0-a768-00aa006e0529'),
    onComputers('RPWP', '4c164200-20c0-11d0-a768-00aa006e0529'),
    onComputers('SW', '72e39547-7b18-11d1-adef-00c04fd8d5cd'),
    onComputers('SW', 'f3a64788-5306-11d1-a9c5-0000f80367c1'),
  ].join('');
}

function running(): DomainController {
  assert.ok(controller !== null);
  return controller;
}

/** Joins a configuration of its own by the blob, as the host would, and asks whether the domain knows it. */
async function joins(computerName: string, blob: Secret): Promise<boolean> {
  const folder = await mkdtemp(join(running().folder, 'host-'));
  const folders = ['private dir', 'lock directory', 'state directory', 'cache directory', 'pid directory'];
  const configuration = join(folder, 'smb.conf');
  await writeFile(
    configuration,
    [
      '[global]',
      `realm = ${REALM}`,
      'workgroup = SCHOOL',
      'security = ads',
      'kerberos method = secrets only',
      `netbios name = ${computerName}`,
      ...folders.map((name) => `${name} = ${folder}`),
      '',
    ].join('\n'),
  );
  const file = join(folder, 'blob');
  await writeFile(file, Buffer.from(`\ufeff${blob.reveal()}\0`, 'utf16le'), { mode: 0o600 });
  await running().net(['--configfile', configuration, 'offlinejoin', 'requestodj', `loadfile=${file}`]);
  const { status } = await running().net(['--configfile', configuration, 'ads', 'testjoin'], [0, 255]);
  await rm(folder, { recursive: true });
  return status === 0;
}

function provision(
  request: Partial<JoinRequest>,
  settings: Partial<JoinAccount> = {},
): ReturnType<SambaJoiner['provision']> {
  const joiner = new SambaJoiner({ ...account, ...settings });
  return joiner.provision({ computerName: 'RM101-PC05', unit: UNIT, mayReset: false, ...request });
}

test('two hosts get accounts and join; one of them a second time after a reset', { skip }, async () => {
  const first = await provision({});
  const other = await provision({ computerName: 'RM101-PC06' });
  assert.deepEqual([first.account, other.account], ['made', 'made']);
  assert.notEqual(first.blob.reveal(), other.blob.reveal());
  assert.ok(await joins('RM101-PC05', first.blob));
  assert.ok(await joins('RM101-PC06', other.blob));

  const again = await provision({ mayReset: true });
  assert.deepEqual([again.account, again.warnings], ['reset', []]);
  assert.ok(await joins('RM101-PC05', again.blob));
  assert.notEqual(first.blob.reveal(), again.blob.reveal());
  assert.ok(await joins('RM101-PC06', other.blob), 'the other host is still in the domain');

  const { stdout } = await running().tool('computer', 'list');
  assert.deepEqual(stdout.toString().trim().split(/\s+/).sort(), [
    'DC1$',
    'RM101-PC05$',
    'RM101-PC06$',
    'TEACHER-PC$',
  ]);
  assert.deepEqual(
    (await readdir('/dev/shm')).filter((name) => name.startsWith('mimeo-join-')),
    [],
  );
});

test('an account that is there stays where it is, and is only reset when that was asked for', {
  skip,
}, async () => {
  await provision({ computerName: 'RM101-PC07' });
  await assert.rejects(
    provision({ computerName: 'RM101-PC07' }),
    fails('domain-account-exists', /has an account RM101-PC07 already: CN=RM101-PC07,OU=R101/),
  );
  await running().tool('ou', 'create', `OU=R102,${BASE}`);
  const moved = await provision({ computerName: 'RM101-PC07', unit: `OU=R102,${BASE}`, mayReset: true });
  assert.match(moved.warnings.join(), /CN=RM101-PC07,OU=R101,DC=school,DC=example, which stays there/);
  assert.ok(await joins('RM101-PC07', moved.blob));
});

test('what goes wrong is told in words', { skip }, async () => {
  const wrong = (
    code: ErrorCode,
    words: RegExp,
    request: Partial<JoinRequest>,
    settings?: Partial<JoinAccount>,
  ): Promise<void> => assert.rejects(provision(request, settings), fails(code, words));
  const computerName = 'RM101-PC08';
  const password = new Secret('not this one');
  await wrong('domain-login', /does not accept the account mimeo-join/, { computerName }, { password });
  await wrong('domain-login', /does not accept the account nobody/, { computerName }, { account: 'nobody' });
  await wrong('domain-unit', /has no unit OU=R999/, { computerName, unit: `OU=R999,${BASE}` });
  await wrong('domain-rights', /may not make an account for RM101-PC08 in the domain's own/, {
    computerName,
    unit: null,
  });
  await wrong('domain-rights', /may not reset CN=TEACHER-PC,/, {
    computerName: 'TEACHER-PC',
    mayReset: true,
  });
  await wrong(
    'domain-unreachable',
    /controller nodc\.school\.example/,
    { computerName },
    { controller: `nodc.${DOMAIN}` },
  );
  await wrong(
    'domain-unreachable',
    /found by DNS/,
    { computerName, unit: null },
    { domain: 'other.example' },
  );
  await running().tool('user', 'disable', 'mimeo-join');
  await wrong('domain-login', /disabled or locked/, { computerName });
  await running().tool('user', 'enable', 'mimeo-join');
  assert.ok(
    (await provision({ computerName }, { controller: `dc1.${DOMAIN}`, account: 'SCHOOL\\mimeo-join' })).blob,
  );
});

function fails(code: ErrorCode, words: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof MimeoError);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}
