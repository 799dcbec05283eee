import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loginsFile, readLogins, saveLogin } from './logins.ts';
import { findServer, serverUrl } from './server-address.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'mimeo-home-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what was asked for comes before the environment, this machine before the last login', async (t) => {
  const home = folder(t);
  const data = folder(t);
  const env = { HOME: home, MIMEO_DATA: data };
  const socket = { kind: 'socket', path: join(data, 'mimeo.sock') };
  const wish = { server: undefined, data: undefined, env };
  assert.deepEqual(findServer(wish), socket, 'nothing is known: the message names the socket');

  await saveLogin(env, 'http://far:8080', 'secret');
  const far = { kind: 'url', url: 'http://far:8080', token: 'secret' };
  assert.deepEqual(findServer(wish), far);

  writeFileSync(join(data, 'mimeo.sock'), '');
  assert.deepEqual(findServer(wish), socket);
  assert.deepEqual(findServer({ ...wish, env: { ...env, MIMEO_SERVER: 'far:8080' } }), far);
  assert.deepEqual(findServer({ ...wish, server: 'far:8080/ui' }), far);
  const other = { kind: 'url', url: 'https://other', token: null };
  assert.deepEqual(findServer({ ...wish, server: 'https://other/' }), other);
  const elsewhere = { kind: 'socket', path: '/elsewhere/mimeo.sock' };
  const both = { ...env, MIMEO_SERVER: 'far:8080' };
  assert.deepEqual(findServer({ server: undefined, data: '/elsewhere', env: both }), elsewhere);
});

test('who names a host alone means the port that Mimeo has by itself', () => {
  const cases = {
    'mimeo.school': 'http://mimeo.school:8080',
    '192.168.1.10/': 'http://192.168.1.10:8080',
    '[fd00::10]': 'http://[fd00::10]:8080',
    'mimeo.school:80': 'http://mimeo.school',
    'mimeo.school:9000': 'http://mimeo.school:9000',
    'http://mimeo.school': 'http://mimeo.school',
    'https://mimeo.school': 'https://mimeo.school',
  };
  for (const [typed, meant] of Object.entries(cases)) assert.equal(serverUrl(typed), meant, typed);
});

test('an address that is none is not understood', () => {
  assert.throws(() => serverUrl('http://'), { code: 'not-understood' });
});

test('tokens are only their owner’s to read, and a second login keeps the first', async (t) => {
  const env = { HOME: folder(t) };
  await saveLogin(env, 'http://a', '1');
  const path = await saveLogin(env, 'http://b', '2');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readLogins(env), { last: 'http://b', tokens: { 'http://a': '1', 'http://b': '2' } });
});

test('a file of tokens that is damaged says so', async (t) => {
  const env = { HOME: folder(t) };
  writeFileSync(await saveLogin(env, 'http://a', '1'), '{');
  assert.throws(() => readLogins(env), { code: 'not-signed-in', message: new RegExp(loginsFile(env)) });
});
