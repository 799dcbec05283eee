import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Preview } from '../api/index.ts';
import type { CaptureOrder, DeployOrder } from '../protocol/index.ts';
import { diskOf, TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:01';

async function withHost(t: TestContext): Promise<TestServer> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('xp');
  await server.addImage('debian');
  await writeFile(join(server.data, 'share', 'manifest.csv'), `mac,image,name,lab\n${MAC},xp,PC-1,lab\n`);
  await server.services.manifest.check();
  return server;
}

const small = { ...diskOf(8), device: '/dev/sda', serial: 'SMALL' };
const large = { ...diskOf(500), device: '/dev/sdb', serial: 'LARGE' };

async function preview(server: TestServer, wish: object): Promise<Preview> {
  const { status, json } = await server.api('POST', '/api/v1/deployments/preview', wish);
  assert.equal(status, 200, JSON.stringify(json));
  return json as Preview;
}

test('an order keeps which disk, what stays and what may grow, and hands it to the agent', async (t) => {
  const server = await withHost(t);
  await server.hello(MAC, null, { disks: [small, large] });
  const plain = await preview(server, { targets: ['PC-1'] });
  assert.deepEqual([plain.machines.length, plain.refused[0]?.code], [0, 'which-disk']);

  const wish = { targets: ['PC-1'], disk: { serial: 'LARGE' }, grow: 'none' };
  const seen = await preview(server, wish);
  assert.match(seen.machines[0]?.disk ?? '', /^\/dev\/sdb Disk, 536\.9 GB/);
  assert.deepEqual(seen.machines[0]?.fetch.from, null);
  const other = await server.api('POST', '/api/v1/deployments', {
    ...wish,
    grow: 'auto',
    digest: seen.digest,
  });
  assert.equal((other.json as { code: string }).code, 'preview-changed', 'another wish is another order');
  const order = await server.api('POST', '/api/v1/deployments', { ...wish, digest: seen.digest });
  assert.equal(order.status, 201, JSON.stringify(order.json));

  const restarted = await restart(t, server);
  const { token } = await restarted.boot(MAC, { disks: [small, large] });
  const task = (await restarted.call('GET', '/agent/v1/work?wait=0', token)).json as DeployOrder;
  assert.deepEqual([task.kind, task.disk, task.keep, task.grow], ['deploy', { serial: 'LARGE' }, [], 'none']);
});

async function restart(t: TestContext, server: TestServer): Promise<TestServer> {
  await server.crash();
  const again = await TestServer.start(server);
  t.after(() => again.crash());
  return again;
}

test('a capture of all disks says so; a rule that is none is refused', async (t) => {
  const server = await withHost(t);
  const wish = { host: MAC, image: 'm', disk: { device: '/dev/sda' }, allDisks: true };
  assert.equal((await server.api('POST', '/api/v1/captures', wish)).status, 201);
  const { token } = await server.boot(MAC, { disks: [small, large] });
  const task = (await server.call('GET', '/agent/v1/work?wait=0', token)).json as CaptureOrder;
  assert.deepEqual([task.kind, task.disk, task.allDisks], ['capture', { device: '/dev/sda' }, true]);
  const wrong = { targets: ['PC-1'], disk: { minBytes: 'large' } };
  assert.equal((await server.api('POST', '/api/v1/deployments/preview', wrong)).status, 400);
});

test('what a host was given last tells how little it fetches', async (t) => {
  const server = await withHost(t);
  const [host] = await server.services.directory.all();
  await server.services.directory.update(host?.id ?? '', {
    last_image: 'xp',
    last_version: 1,
    last_imaged_at: 1,
  });
  const same = await preview(server, { targets: ['PC-1'] });
  assert.deepEqual(same.machines[0]?.fetch, { bytes: 0, from: 'xp@1' });
  const keeping = await preview(server, { targets: ['PC-1'], keep: ['DATA'] });
  assert.deepEqual(
    [keeping.keep, keeping.digest === same.digest],
    [['DATA'], false],
    'also unseen it is another order',
  );
  const other = await preview(server, { targets: ['PC-1'], image: 'debian' });
  assert.equal(other.machines[0]?.fetch.from, 'xp@1');
  assert.ok((other.machines[0]?.fetch.bytes ?? 0) > 0);
  await server.api('DELETE', '/api/v1/images/xp@1');
  const gone = await preview(server, { targets: ['PC-1'], image: 'debian' });
  assert.equal(gone.machines[0]?.fetch.from, null);
});
