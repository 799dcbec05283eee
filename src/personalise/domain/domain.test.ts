import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type ErrorCode, MimeoError } from '../../errors.ts';
import { BlobLedger } from './blob-ledger.ts';
import { readJoinBlob } from './join-blob.ts';
import { SambaJoiner } from './samba-joiner.ts';
import { sambaConfiguration, sambaUser } from './samba-settings.ts';
import { type FailedJoin, sambaError } from './samba-words.ts';
import { Secret } from './secret.ts';

function fails(code: ErrorCode, words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof MimeoError && error.code === code && words.test(error.message);
}

test('a secret is seen nowhere but where it is asked for', () => {
  const secret = new Secret('hunter2');
  const record = { account: 'join', password: secret };
  for (const text of [
    `${secret}`,
    String(secret),
    JSON.stringify(record),
    inspect(record, { depth: 9, showHidden: true }),
  ]) {
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /\(secret\)/);
  }
  assert.doesNotMatch(JSON.stringify(Object.entries(secret)), /hunter2/);
  assert.equal(secret.reveal(), 'hunter2');
});

/** The header of such data, a name in it, and some bytes that stand for the rest. */
const DATA = Buffer.concat([
  Buffer.from('01100800cccccccc', 'hex'),
  Buffer.alloc(24, 7),
  Buffer.from('0b000000000000000b000000', 'hex'),
  Buffer.from('RM101-PC05\0', 'utf16le'),
  Buffer.alloc(64, 9),
]).toString('base64');

test('a blob in any of its forms becomes bare base64', () => {
  const forms = [
    Buffer.from(DATA),
    Buffer.from(`${DATA.replaceAll(/(.{40})/g, '$1\r\n')}\n`),
    Buffer.from(`\ufeff${DATA}\0`, 'utf16le'),
    Buffer.from(`\ufeff${DATA}\r\n\0\0`, 'utf16le'),
  ];
  for (const form of forms) assert.equal(readJoinBlob(form, 'rm101-pc05').reveal(), DATA);
});

test('what is no blob, or that of another computer, is refused without a word of it', () => {
  const refused = (file: Buffer, words: RegExp, name = 'RM101-PC05'): void => {
    assert.throws(() => readJoinBlob(file, name), fails('domain-blob-invalid', words));
  };
  refused(Buffer.alloc(0), /it is empty/);
  refused(Buffer.from('\ufeff\0', 'utf16le'), /it is empty/);
  refused(Buffer.from('Failed to provision: no'), /character 18 is none of base64/);
  refused(Buffer.from(DATA.slice(0, -1)), /cut off/);
  refused(Buffer.from(Buffer.from('MZ and so on').toString('base64')), /does not begin/);
  refused(Buffer.from(DATA), /was not made for RM101-PC06/, 'RM101-PC06');
  refused(Buffer.from(DATA), /was not made for RM101-PC0\b/, 'RM101-PC0');
  refused(Buffer.from(DATA), /was not made for PC05/, 'PC05');
  refused(Buffer.alloc(300_000, 'A'), /300000 bytes/);
});

test('a blob is handed out once, to its own host; who needs it again gets a new one', () => {
  const ledger = new BlobLedger();
  assert.equal(ledger.take('task', 'host'), null);
  ledger.put('task', 'host', new Secret('one'));
  assert.throws(() => ledger.take('task', 'other'), fails('not-allowed', /not its own/));
  assert.equal(ledger.take('task', 'host')?.reveal(), 'one');
  assert.equal(ledger.take('task', 'host'), null);
  for (let again = 2; again <= 5; again++) {
    ledger.put('task', 'host', new Secret(String(again)));
    assert.equal(ledger.take('task', 'host')?.reveal(), String(again));
  }
  ledger.put('task', 'host', new Secret('six'));
  assert.throws(() => ledger.take('task', 'host'), fails('not-allowed', /asked 5 times/));
  ledger.forget('task');
  assert.equal(ledger.take('task', 'host'), null);
});

const join: FailedJoin = {
  domain: 'school.example',
  account: 'mimeo-join',
  controller: null,
  computerName: 'RM101-PC05',
  unit: null,
  found: null,
};

test('what Samba says is told in words, with what to do', () => {
  const cases: readonly (readonly [string, ErrorCode, RegExp, Partial<FailedJoin>?])[] = [
    [
      'failed to find DC for domain school.example - {Operation Failed}',
      'domain-unreachable',
      /found by DNS/,
    ],
    [
      'ads_connect: No logon servers are currently available to service the logon request.',
      'domain-unreachable',
      /controller dc9 of school\.example does not answer/,
      { controller: 'dc9' },
    ],
    [
      'kerberos_kinit_password mimeo-join@SCHOOL.EXAMPLE failed: Preauthentication failed',
      'domain-login',
      /does not accept the account mimeo-join with this password/,
    ],
    [
      'The referenced account is currently disabled and cannot be logged on to.',
      'domain-login',
      /disabled or locked/,
    ],
    ['The user password must be changed before logging on', 'domain-login', /wants a new password/],
    [
      'failed to precreate account in ou OU=X,DC=a: No such object',
      'domain-unit',
      /has no unit OU=X,DC=a/,
      { unit: 'OU=X,DC=a' },
    ],
    [
      'AD LDAP ERROR: 50 (Insufficient access): acl: …',
      'domain-rights',
      /may not make an account for RM101-PC05 in the domain's own/,
    ],
    [
      'AD LDAP ERROR: 50 (Insufficient access)',
      'domain-rights',
      /may not reset CN=RM101-PC05,OU=X, which/,
      { found: 'CN=RM101-PC05,OU=X' },
    ],
    ['krb5: Clock skew too great', 'domain-clock', /clock of this server/],
    ['Strange things\nhappen', 'domain-join-failed', /\(status 7\): Strange things \| happen/],
    ['', 'domain-join-failed', /nothing was said/],
  ];
  for (const [said, code, words, rest] of cases) {
    const error = sambaError(said, 7, { ...join, ...rest });
    assert.ok(fails(code, words)(error), `${said}: ${error.code} ${error.message}`);
  }
});

test('settings that Samba would misread are refused before anything is started', async () => {
  const good = {
    domain: 'school.example',
    account: 'mimeo-join',
    password: new Secret('x'),
    controller: null,
  };
  const request = { computerName: 'RM101-PC05', unit: null, mayReset: true };
  const refused = (
    settings: Partial<typeof good>,
    words: RegExp,
    unit: string | null = null,
  ): Promise<void> =>
    assert.rejects(
      new SambaJoiner({ ...good, ...settings }).provision({ ...request, unit }),
      fails('domain-settings', words),
    );
  await refused({ domain: 'school' }, /"school" is no DNS name/);
  await refused({ domain: 'school.example\nlog level = 10' }, /no DNS name/);
  await refused({ account: 'join\n' }, /name of the account/);
  await refused({ account: 'join%secret' }, /name of the account/);
  await refused({ password: new Secret('') }, /password of mimeo-join is empty/);
  await refused({ password: new Secret('a\nb') }, /line end/);
  await refused({ password: new Secret('ü'.repeat(64)) }, /more than 126 bytes/);
  await refused({}, /write it in full, as OU=R101,DC=school,DC=example/, 'R101');
  await assert.rejects(
    new SambaJoiner(good).provision({ ...request, computerName: 'a b' }),
    fails('domain-settings', /The computer name a b contains a blank|contains/),
  );
  assert.equal(sambaUser(good), 'mimeo-join@SCHOOL.EXAMPLE');
  assert.equal(sambaUser({ ...good, account: 'SCHOOL\\join' }), 'SCHOOL\\join');
  assert.match(
    sambaConfiguration({ domain: 'school.example', workgroup: 'SCHOOL', computerName: 'PC05', folder: '/x' }),
    /\nrealm = SCHOOL\.EXAMPLE\nworkgroup = SCHOOL\n[\s\S]*\nnetbios name = PC05\n/,
  );
});

test('a server without Samba says what to install', async (t) => {
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = '/nowhere';
  const joiner = new SambaJoiner({
    domain: 'school.example',
    account: 'mimeo-join',
    password: new Secret('x'),
    controller: null,
  });
  await assert.rejects(
    joiner.provision({ computerName: 'RM101-PC05', unit: null, mayReset: true }),
    fails('samba-missing', /`net` is not installed on this server/),
  );
});
