import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { sql } from 'kysely';
import type { DeploymentView, HostView, Preview, StatusView, TaskView } from '../api/index.ts';
import { ALIVE_MS } from '../deployment/index.ts';
import { MimeoError } from '../errors.ts';
import type { DeployOrder, Work } from '../protocol/index.ts';
import { TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:01';
const HOUR = 3_600_000;
const progress = {
  phase: 'writing',
  doneBytes: 1,
  totalBytes: 2,
  networkBytes: 1,
  reusedBytes: 0,
  bytesPerSecond: 1,
  secondsLeft: 1,
} as const;

async function serverWithOneHost(t: TestContext): Promise<TestServer> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('xp');
  await rename(server, 'PC-1');
  return server;
}

async function rename(server: TestServer, name: string): Promise<void> {
  await writeFile(join(server.data, 'share', 'manifest.csv'), `mac,image,name\n${MAC},xp,${name}\n`);
  await server.services.manifest.check();
}

async function digest(server: TestServer): Promise<{ targets: string[]; digest: string }> {
  const targets = ['all'];
  const preview = (await server.api('POST', '/api/v1/deployments/preview', { targets })).json as Preview;
  return { targets, digest: preview.digest };
}

async function order(server: TestServer): Promise<DeploymentView> {
  const answer = await server.api('POST', '/api/v1/deployments', await digest(server));
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
  return answer.json as DeploymentView;
}

async function work(server: TestServer, token: string): Promise<Work> {
  return (await server.call('GET', '/agent/v1/work?wait=0', token)).json as Work;
}

async function running(server: TestServer): Promise<{ token: string; report: string; id: string }> {
  const { id } = await order(server);
  const { token } = await server.boot(MAC);
  const task = (await work(server, token)) as DeployOrder;
  const report = `/agent/v1/tasks/${task.taskId}/report`;
  await server.call('POST', report, token, { kind: 'progress', progress });
  return { token, report, id };
}

async function task(server: TestServer, id: string): Promise<TaskView | undefined> {
  return ((await server.api('GET', `/api/v1/deployments/${id}`)).json as DeploymentView).tasks[0];
}

test('two orders at the same instant: one is taken, the other told why not', async (t) => {
  const server = await serverWithOneHost(t);
  const wish = await digest(server);
  const answers = await Promise.all([1, 2, 3].map(() => server.api('POST', '/api/v1/deployments', wish)));
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [201, 409, 409],
  );
  assert.equal(server.services.board.open().length, 1);
});

test('a retry on the next morning is open for eight hours', async (t) => {
  const server = await serverWithOneHost(t);
  const { id } = await order(server);
  server.clock.advance(9 * HOUR);
  await server.services.board.tick();
  assert.equal((await task(server, id))?.status, 'cancelled');
  await server.api('POST', '/api/v1/tasks/PC-1/retry');
  server.clock.advance(7 * HOUR);
  await server.services.board.tick();
  assert.equal((await task(server, id))?.status, 'waiting');
});

test('a window that has closed writes no disk, also before the clock was looked at', async (t) => {
  const server = await serverWithOneHost(t);
  await order(server);
  server.clock.advance(8 * HOUR + 1);
  assert.match(await server.bootScript(MAC), /nothing to do, starting its own disk/);
});

test("boot scripts asked for in a running host's name end nothing", async (t) => {
  const server = await serverWithOneHost(t);
  const { id } = await running(server);
  for (let i = 0; i < 10; i++) await server.bootScript(MAC);
  assert.equal((await task(server, id))?.status, 'running');
});

test("a second agent in a running host's name is refused; after a silence it is the host itself", async (t) => {
  const server = await serverWithOneHost(t);
  const { token, report } = await running(server);
  await assert.rejects(server.hello(MAC, null), /425.*host-active/);
  assert.equal((await server.call('POST', report, token, { kind: 'progress', progress })).status, 200);
  server.clock.advance(ALIVE_MS);
  await server.hello(MAC, null);
});

test('an end that cannot be written down has not happened: the agent reports it again', async (t) => {
  const server = await serverWithOneHost(t);
  const { token, report, id } = await running(server);
  await sql`CREATE TRIGGER full BEFORE UPDATE ON tasks BEGIN SELECT RAISE(ABORT, 'disk full'); END`.execute(
    server.db,
  );
  const finished = { kind: 'finished', words: 'ready', warnings: [] };
  assert.equal((await server.call('POST', report, token, finished)).status, 500);
  assert.equal(server.services.board.open().length, 1, 'it is still open');
  await assert.rejects(server.services.board.tick(), /disk full/, 'nor can its progress');
  await sql`DROP TRIGGER full`.execute(server.db);
  assert.equal((await server.call('POST', report, token, finished)).status, 200);
  assert.equal((await task(server, id))?.status, 'done');
});

test('an order whose image goes away at that moment leaves nothing behind', async (t) => {
  const server = await serverWithOneHost(t);
  const wish = await digest(server);
  const gone = new MimeoError('image-missing', 'There is no image xp@1.');
  const hold = t.mock.method(server.services.images, 'hold', () => Promise.reject(gone));
  assert.equal((await server.api('POST', '/api/v1/deployments', wish)).status, 404);
  hold.mock.restore();
  assert.equal((await server.api('POST', '/api/v1/deployments', wish)).status, 201);
});

test('events that cannot be written down stop no task', async (t) => {
  const server = await serverWithOneHost(t);
  const { token, report, id } = await running(server);
  await sql`CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END`.execute(
    server.db,
  );
  const finished = { kind: 'finished', words: 'ready', warnings: [] };
  assert.equal((await server.call('POST', report, token, finished)).status, 200);
  assert.equal((await task(server, id))?.status, 'done');
  assert.match(await server.bootScript(MAC).catch(String), /own disk|500/);
});

test('a host that was renamed after the order becomes what the manifest says now', async (t) => {
  const server = await serverWithOneHost(t);
  const { id } = await order(server);
  await rename(server, 'PC-9');
  const { token, name } = await server.boot(MAC);
  const handed = (await work(server, token)) as DeployOrder;
  assert.deepEqual([name, handed.host.name, handed.personalise?.computerName], ['PC-9', 'PC-9', 'PC-9']);
  assert.equal((await task(server, id))?.hostName, 'PC-9');
});

test('a body is not read from somebody without a token', async (t) => {
  const server = await serverWithOneHost(t);
  const answer = await server.call('PUT', '/agent/v1/tasks/x/index', null, Buffer.alloc(300 * 1_048_576));
  assert.equal(answer.status, 401, 'refused for the token, before the size is looked at');
});

test('a manifest that is a folder is said aloud; the file is read when it is back', async (t) => {
  const server = await serverWithOneHost(t);
  const path = join(server.data, 'share', 'manifest.csv');
  await rm(path);
  await mkdir(path);
  await server.services.manifest.check();
  const status = async (): Promise<StatusView> =>
    (await server.api('GET', '/api/v1/status')).json as StatusView;
  assert.match((await status()).manifest.problems[0]?.message ?? '', /could not be read/);
  await rm(path, { recursive: true });
  await rename(server, 'PC-2');
  assert.deepEqual((await status()).manifest.problems, []);
  assert.equal(((await server.api('GET', '/api/v1/hosts')).json as HostView[])[0]?.name, 'PC-2');
});

test('what machines say of themselves does not steer a terminal', async (t) => {
  const server = await serverWithOneHost(t);
  const { token, report } = await running(server);
  await server.call('POST', report, token, { kind: 'log', lines: ['a\x1b[2Jb\r\nX fake \u202e'] });
  const [last] = (await server.services.events.since(0, 1000)).slice(-1);
  assert.equal(last?.words, 'a\ufffd[2Jb\ufffd\ufffdX fake \ufffd');
});
