import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Preview } from '../api/index.ts';
import { type DeployOrder, PROTOCOL_VERSION } from '../protocol/index.ts';
import { TestServer } from './testing/test-server.ts';

const [MAC_A, MAC_B] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b'];

async function twoHosts(
  t: TestContext,
): Promise<{ server: TestServer; chunk: string; other: string; a: string; b: string; task: DeployOrder }> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const chunk = await server.addImage('xp');
  const other = await server.addImage('secret');
  await writeFile(
    join(server.data, 'share', 'manifest.csv'),
    `mac;image;name\n${MAC_A};xp;A-1\n${MAC_B};xp;B-1\n`,
  );
  await server.services.manifest.check();
  const targets = ['A-1'];
  const { digest } = (await server.api('POST', '/api/v1/deployments/preview', { targets })).json as Preview;
  await server.api('POST', '/api/v1/deployments', { targets, digest });
  const a = await server.boot(MAC_A);
  const b = await server.hello(MAC_B, null);
  const task = (await server.call('GET', '/agent/v1/work?wait=0', a.token)).json as DeployOrder;
  return { server, chunk, other, a: a.token, b: b.token, task };
}

const id = 'f'.repeat(64);

test('every agent call but hello needs a token', async (t) => {
  const { server, task } = await twoHosts(t);
  const path = `/agent/v1/tasks/${task.taskId}`;
  const calls = [
    ['GET', '/agent/v1/work?wait=0'],
    ['POST', '/agent/v1/answer', { choice: 'own-disk' }],
    ['POST', '/agent/v1/answer/check', { field: 'name', value: 'X' }],
    ['POST', `${path}/report`, { kind: 'log', lines: [] }],
    ['GET', `${path}/index`],
    ['GET', `${path}/chunks/${id}`],
    ['POST', `${path}/chunks/${id}/bad`, { words: '' }],
    ['PUT', `${path}/saved-table`, Buffer.from('x')],
    ['GET', `${path}/saved-table?disk=S1`],
    ['POST', `${path}/missing`, { ids: [] }],
    ['PUT', `${path}/chunks/${id}`, Buffer.from('x')],
    ['PUT', `${path}/index`, Buffer.from('x')],
  ] as const;
  for (const [method, url, body] of calls) {
    for (const token of [null, 'A'.repeat(43), server.adminToken]) {
      const answer = await server.call(method, url, token, body);
      assert.equal(answer.status, 401, `${method} ${url}`);
      assert.equal((answer.json as { code: string }).code, 'agent-token');
    }
  }
});

test("another host's token reaches nothing of this task", async (t) => {
  const { server, chunk, b, task } = await twoHosts(t);
  const path = `/agent/v1/tasks/${task.taskId}`;
  const calls = [
    ['POST', `${path}/report`, { kind: 'finished', words: '', warnings: [] }],
    ['GET', `${path}/index`],
    ['GET', `${path}/chunks/${chunk}`],
    ['POST', `${path}/chunks/${chunk}/bad`, { words: '' }],
    ['PUT', `${path}/saved-table`, Buffer.from('x')],
    ['GET', `${path}/saved-table?disk=S1`],
    ['POST', `${path}/missing`, { ids: [] }],
    ['PUT', `${path}/chunks/${chunk}`, Buffer.from('x')],
    ['PUT', `${path}/index`, Buffer.from('x')],
  ] as const;
  for (const [method, url, body] of calls) {
    const answer = await server.call(method, url, b, body);
    assert.deepEqual(
      [answer.status, (answer.json as { code: string }).code],
      [403, 'not-allowed'],
      `${method} ${url}`,
    );
  }
});

test('a token that somebody reads on the network is of use from no other address', async (t) => {
  const { server, chunk, a, task } = await twoHosts(t);
  const from = async (remoteAddress: string, method: 'GET' | 'POST', url: string): Promise<number> => {
    const headers = { authorization: `Bearer ${a}` };
    return (await server.app.inject({ method, url, headers, remoteAddress })).statusCode;
  };
  const path = `/agent/v1/tasks/${task.taskId}`;
  for (const [method, url] of [
    ['GET', `${path}/chunks/${chunk}`],
    ['GET', `${path}/index`],
    ['GET', '/agent/v1/work?wait=0'],
    ['POST', `${path}/swarm/join`],
    ['POST', `${path}/report`],
  ] as const) {
    assert.equal(await from('10.9.9.9', method, url), 401, url);
  }
  assert.equal(await from('127.0.0.1', 'GET', `${path}/chunks/${chunk}`), 200);
});

test('a task opens the chunks of its own image and no others, and a deploy task writes nothing into the store', async (t) => {
  const { server, chunk, other, a, task } = await twoHosts(t);
  const path = `/agent/v1/tasks/${task.taskId}`;
  assert.equal((await server.call('GET', `${path}/chunks/${chunk}`, a)).status, 200);
  assert.equal((await server.call('GET', `${path}/chunks/${other}`, a)).status, 403);
  assert.equal((await server.call('PUT', `${path}/chunks/${id}`, a, Buffer.from('x'))).status, 403);
  assert.equal((await server.call('GET', '/agent/v1/tasks/..%2F..%2Fkeys/index', a)).status, 404);
});

test('people need a token of their own: an agent token, none, or a path in disguise are refused', async (t) => {
  const { server, a } = await twoHosts(t);
  for (const url of ['/api/v1/status', '/%61pi/v1/status', '/api/v1/hosts', '/api/v1/events']) {
    for (const token of [null, a]) {
      assert.equal((await server.call('GET', url, token)).status, 401, url);
    }
  }
  assert.equal((await server.call('POST', '/api/v1/codes', a)).status, 401);
});

test('the one-time code works once; guessing makes it void', async (t) => {
  const { server } = await twoHosts(t);
  const code = server.services.access.newClaimCode();
  const claim = (typed: string): Promise<{ status: number }> =>
    server.call('POST', '/api/v1/claim', null, { code: typed });
  assert.equal((await claim('AAAA-AAAA')).status, 403);
  assert.equal((await claim(code.toLowerCase().replace('-', ' '))).status, 201);
  assert.equal((await claim(code)).status, 403);
  const guessed = server.services.access.newClaimCode();
  for (let i = 0; i < 10; i++) await claim('AAAA-AAAA');
  assert.equal((await claim(guessed)).status, 403, 'void after ten wrong tries');
});

test('boot files are the five that everybody may have; nothing climbs out', async (t) => {
  const { server } = await twoHosts(t);
  await writeFile(join(server.data, 'vmlinuz'), 'kernel');
  assert.equal((await server.call('GET', '/boot/files/vmlinuz', null)).status, 200);
  for (const name of ['mimeo.db', '..%2Fmimeo.db', '%2e%2e%2fkeys', '..\\mimeo.db', 'vmlinuz%00']) {
    assert.notEqual((await server.call('GET', `/boot/files/${name}`, null)).status, 200, name);
  }
});

test('a hello that makes no sense is refused with the place of the fault', async (t) => {
  const { server } = await twoHosts(t);
  const answer = await server.call('POST', '/agent/v1/hello', null, {
    protocol: PROTOCOL_VERSION,
    bootNonce: null,
    uptimeSeconds: 1,
  });
  assert.equal(answer.status, 400);
  assert.match((answer.json as { detail: string }).detail, /inventory/);
});

test('the agent of a record that became part of another host says hello anew', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const uuid = '11111111-2222-3333-4444-555555555501';
  const [first, second] = ['52:54:00:00:01:00', '52:54:00:00:01:01'] as const;
  const cards = (...macs: string[]) =>
    macs.map((mac, i) => ({ name: `eth${i}`, mac, speedMbit: 1000, link: true, booted: i === 0 }));
  const { hostId } = await server.hello(first, null, { uuid });
  // Its other card alone could be another board with the same UUID.
  const inDoubt = await server.hello(second, null, { uuid });
  assert.notEqual(inDoubt.hostId, hostId);
  const ask = async (token: string): Promise<number> =>
    (await server.call('GET', '/agent/v1/work?wait=0', token)).status;
  assert.equal(await ask(inDoubt.token), 200);
  const whole = await server.hello(second, null, { uuid, macs: cards(second, first) });
  assert.equal(whole.hostId, hostId);
  assert.deepEqual([await ask(inDoubt.token), await ask(whole.token)], [401, 200]);
});
