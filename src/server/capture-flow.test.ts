import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import type { DeploymentView, ImageView } from '../api/index.ts';
import { CHUNK_BYTES, encodeIndex } from '../image/index.ts';
import type { CaptureOrder } from '../protocol/index.ts';
import { oneChunkIndex, TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:77';
const raw = Buffer.alloc(CHUNK_BYTES, 7);
const id = createHash('sha256').update(raw).digest('hex');
const GIB4 = 4 * 1024 ** 3;

async function capturing(
  t: TestContext,
): Promise<{ server: TestServer; token: string; path: string; deployment: string }> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.bootScript(MAC);
  const order = await server.api('POST', '/api/v1/captures', { host: MAC, image: 'master', notes: 'autumn' });
  assert.equal(order.status, 201, JSON.stringify(order.json));
  const { token } = await server.boot(MAC);
  const task = (await server.call('GET', '/agent/v1/work?wait=0', token)).json as CaptureOrder;
  assert.deepEqual([task.kind, task.image.name, task.notes], ['capture', 'master', 'autumn']);
  return {
    server,
    token,
    path: `/agent/v1/tasks/${task.taskId}`,
    deployment: (order.json as DeploymentView).id,
  };
}

async function images(server: TestServer): Promise<ImageView[]> {
  return (await server.api('GET', '/api/v1/images')).json as ImageView[];
}

test('chunks first, the index last, then done; the master starts its own disk next', async (t) => {
  const { server, token, path, deployment } = await capturing(t);
  assert.deepEqual((await server.call('POST', `${path}/missing`, token, { ids: [id, id] })).json, {
    missing: [id],
  });
  const early = await server.call(
    'PUT',
    `${path}/index`,
    token,
    encodeIndex(oneChunkIndex('master', id, GIB4)),
  );
  assert.equal((early.json as { code: string }).code, 'chunk-missing');
  assert.equal((await server.call('PUT', `${path}/chunks/${id}`, token, zstdCompressSync(raw))).status, 204);
  const committed = await server.call(
    'PUT',
    `${path}/index`,
    token,
    encodeIndex(oneChunkIndex('master', id, GIB4)),
  );
  assert.equal(committed.status, 200, JSON.stringify(committed.json));
  const report = { kind: 'finished', words: 'kept', warnings: [] };
  assert.equal((await server.call('POST', `${path}/report`, token, report)).status, 200);
  const view = (await server.api('GET', `/api/v1/deployments/${deployment}`)).json as DeploymentView;
  assert.deepEqual([view.tasks[0]?.status, view.tasks[0]?.version], ['done', 1]);
  assert.deepEqual(
    (await images(server)).map(({ name, version }) => [name, version]),
    [['master', 1]],
  );
  assert.match(await server.bootScript(MAC), /starting its own disk/);
});

test('a chunk that is not what its name says is refused, and so is a report without an image', async (t) => {
  const { server, token, path } = await capturing(t);
  const wrong = await server.call(
    'PUT',
    `${path}/chunks/${id}`,
    token,
    zstdCompressSync(Buffer.alloc(CHUNK_BYTES, 8)),
  );
  assert.deepEqual([wrong.status, (wrong.json as { code: string }).code], [422, 'chunk-damaged']);
  const report = { kind: 'finished', words: 'kept', warnings: [] };
  assert.equal((await server.call('POST', `${path}/report`, token, report)).status, 403);
});

test('a capture stays under the name that was ordered', async (t) => {
  const { server, token, path } = await capturing(t);
  await server.call('PUT', `${path}/chunks/${id}`, token, zstdCompressSync(raw));
  const other = await server.call(
    'PUT',
    `${path}/index`,
    token,
    encodeIndex(oneChunkIndex('other', id, GIB4)),
  );
  assert.equal(other.status, 403);
  assert.deepEqual(await images(server), []);
});

test('a capture that fails leaves nothing behind', async (t) => {
  const { server, token, path } = await capturing(t);
  await server.call('PUT', `${path}/chunks/${id}`, token, zstdCompressSync(raw));
  const failure = { code: 'store-full', message: 'Full.', next: 'Make room.', kind: 'permanent' };
  await server.call('POST', `${path}/report`, token, { kind: 'failed', failure });
  assert.deepEqual(await server.store.missing([id]), [id], 'its chunk is gone again');
  assert.deepEqual(await images(server), []);
});

test('a server killed in the middle of a capture: the host goes on, one image comes of it', async (t) => {
  const { server: first, token, path } = await capturing(t);
  await first.call('PUT', `${path}/chunks/${id}`, token, zstdCompressSync(raw));
  await first.crash();
  const second = await TestServer.start(first);
  t.after(() => second.crash());
  assert.deepEqual((await second.call('POST', `${path}/missing`, token, { ids: [id] })).json, {
    missing: [],
  });
  const committed = await second.call(
    'PUT',
    `${path}/index`,
    token,
    encodeIndex(oneChunkIndex('master', id, GIB4)),
  );
  assert.equal(committed.status, 200);
  const report = { kind: 'finished', words: 'kept', warnings: [] };
  assert.equal((await second.call('POST', `${path}/report`, token, report)).status, 200);
  assert.equal((await images(second)).length, 1);
});

test('a capture is done again although what it made before was deleted', async (t) => {
  const { server, token, path, deployment } = await capturing(t);
  await server.call('PUT', `${path}/chunks/${id}`, token, zstdCompressSync(raw));
  const index = encodeIndex(oneChunkIndex('master', id, GIB4));
  assert.equal((await server.call('PUT', `${path}/index`, token, index)).status, 200);
  const failure = { code: 'internal', message: 'Off.', next: 'Again.', kind: 'permanent' };
  await server.call('POST', `${path}/report`, token, { kind: 'failed', failure });
  assert.equal((await server.api('DELETE', '/api/v1/images/master@1')).status, 200);
  const again = await server.api('POST', `/api/v1/deployments/${deployment}/retry`);
  assert.equal(again.status, 200, JSON.stringify(again.json));
});
