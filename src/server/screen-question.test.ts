import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { CodeView, HostView } from '../api/index.ts';
import type { AnswerReply, AskOrder, Work } from '../protocol/index.ts';
import { TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:ab:cd:ef';

async function askedMachine(t: TestContext): Promise<{ server: TestServer; token: string; ask: AskOrder }> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('xp');
  await writeFile(
    join(server.data, 'share', 'manifest.csv'),
    '"mac";"name";"image"\r\n"52-54-00-00-00-01";"TAKEN";"xp"\r\n',
  );
  await server.services.manifest.check();
  const { token } = await server.boot(MAC);
  const ask = (await server.call('GET', '/agent/v1/work?wait=0', token)).json as AskOrder;
  return { server, token, ask };
}

async function code(server: TestServer): Promise<string> {
  return ((await server.api('POST', '/api/v1/codes')).json as CodeView).code;
}

async function answer(server: TestServer, token: string, body: object): Promise<AnswerReply> {
  return (await server.call('POST', '/agent/v1/answer', token, body)).json as AnswerReply;
}

test('an unknown machine is asked, with a name proposed', async (t) => {
  const { ask } = await askedMachine(t);
  assert.equal(ask.kind, 'ask');
  assert.equal(ask.proposedName, 'PC-abcdef');
  assert.equal(ask.defaultSeconds, 30);
  assert.deepEqual(
    ask.images.map(({ name, version }) => [name, version]),
    [['xp', 1]],
  );
});

test('a deploy answer needs a good name, an image and the code, is written back and goes on', async (t) => {
  const { server, token } = await askedMachine(t);
  const wish = { choice: 'deploy', image: 'xp', name: 'NEW-1' };
  const refusals = [
    [{ ...wish, code: 'AAAA' }, /No code is valid/],
    [{ ...wish, name: 'taken', code: 'x' }, /Another host is called taken/],
    [{ ...wish, name: '12345', code: 'x' }, /digits only/],
    [{ ...wish, image: 'vista', code: 'x' }, /no image vista/],
  ] as const;
  for (const [body, words] of refusals) {
    const reply = await answer(server, token, body);
    assert.equal(reply.accepted, false);
    assert.match(reply.accepted ? '' : reply.message, words);
  }
  await chmod(join(server.data, 'share', 'manifest.csv'), 0o666);
  const good = await code(server);
  assert.match(
    JSON.stringify(await answer(server, token, { ...wish, code: 'BBBB-BBBB' })),
    /This code is wrong/,
  );
  assert.deepEqual(await answer(server, token, { ...wish, code: good.toLowerCase() }), { accepted: true });
  const manifest = await readFile(join(server.data, 'share', 'manifest.csv'), 'utf8');
  const { mode } = await stat(join(server.data, 'share', 'manifest.csv'));
  assert.equal(mode & 0o777, 0o666, 'who could edit it before can edit it now');
  assert.match(manifest, /\r\n"52-54-00-AB-CD-EF";"NEW-1";"xp"\r\n$/i);
  const work = (await server.call('GET', '/agent/v1/work?wait=0', token)).json as Work;
  assert.deepEqual([work.kind, work.kind === 'deploy' && work.host.name], ['deploy', 'NEW-1']);
  const hosts = (await server.api('GET', '/api/v1/hosts')).json as HostView[];
  assert.equal(hosts.find((host) => host.name === 'NEW-1')?.known, true);
});

test('a capture answer goes on with a capture', async (t) => {
  const { server, token } = await askedMachine(t);
  assert.equal((await answer(server, token, { choice: 'capture', image: 'a b', code: 'x' })).accepted, false);
  const good = await code(server);
  assert.deepEqual(await answer(server, token, { choice: 'capture', image: 'master', code: good }), {
    accepted: true,
  });
  const work = (await server.call('GET', '/agent/v1/work?wait=0', token)).json as Work;
  assert.deepEqual([work.kind, work.kind === 'capture' && work.image.name], ['capture', 'master']);
});

test('ten wrong codes make the code void', async (t) => {
  const { server, token } = await askedMachine(t);
  const good = await code(server);
  const wish = { choice: 'deploy', image: 'xp', name: 'NEW-1' };
  for (let i = 0; i < 10; i++) await answer(server, token, { ...wish, code: 'BBBB-BBBB' });
  assert.match(JSON.stringify(await answer(server, token, { ...wish, code: good })), /No code is valid/);
});

test('a code ends after eight hours', async (t) => {
  const { server, token } = await askedMachine(t);
  const good = await code(server);
  server.clock.advance(8 * 3_600_000 + 1);
  const reply = await answer(server, token, { choice: 'deploy', image: 'xp', name: 'NEW-1', code: good });
  assert.match(JSON.stringify(reply), /No code is valid/);
});

test('own disk: once at once, then not asked for half a day; the key asks all the same', async (t) => {
  const { server, token } = await askedMachine(t);
  assert.deepEqual(await answer(server, token, { choice: 'own-disk' }), { accepted: true });
  assert.match(await server.bootScript(MAC), /as was chosen at its screen, starting its own disk/);
  assert.match(await server.bootScript(MAC), /asked not long ago, starting its own disk/);
  assert.match(await server.bootScript(MAC, '&menu=1'), /loading the boot environment/);
  server.clock.advance(13 * 3_600_000);
  assert.match(await server.bootScript(MAC), /loading the boot environment/);
});

test('a server killed while the question stands: it is asked again', async (t) => {
  const { server: first, token } = await askedMachine(t);
  await first.crash();
  const second = await TestServer.start(first);
  t.after(() => second.crash());
  assert.equal(((await second.call('GET', '/agent/v1/work?wait=0', token)).json as Work).kind, 'ask');
});

test('two questions of one new machine make one host', async (t) => {
  const { server } = await askedMachine(t);
  const mac = '52:54:00:11:22:33';
  await Promise.all([server.bootScript(mac), server.bootScript(mac), server.bootScript(mac)]);
  const hosts = (await server.api('GET', '/api/v1/hosts')).json as HostView[];
  assert.equal(hosts.filter((host) => host.macs.includes(mac)).length, 1);
});

test('a server card of the second layer brings the second layer along', async (t) => {
  const { server } = await askedMachine(t);
  const script = await server.bootScript('52:54:00:11:22:33', '&nic=0115b31003');
  assert.match(script, /initrd --name extra\.img/);
  assert.doesNotMatch(await server.bootScript('52:54:00:11:22:44', '&nic=018086100e'), /extra\.img/);
});
