import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { DeploymentView, ImageDiffView, ImageUsesView, ImageView, Preview } from '../api/index.ts';
import type { ManifestState } from '../control/index.ts';
import { TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:01';

async function stocked(t: TestContext): Promise<TestServer> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('xp');
  await server.addImage('xp');
  await server.addImage('debian');
  return server;
}

async function images(server: TestServer, query = ''): Promise<ImageView[]> {
  return (await server.api('GET', `/api/v1/images${query}`)).json as ImageView[];
}

async function names(server: TestServer): Promise<string[]> {
  return (await images(server)).map(({ name, version }) => `${name}@${version}`);
}

async function manifest(server: TestServer, text: string): Promise<ManifestState> {
  await writeFile(join(server.data, 'share', 'manifest.csv'), `mac,image,name,lab\n${text}\n`);
  await server.services.manifest.check({ force: true });
  return server.services.manifest.state();
}

const codeOf = (answer: { json: unknown }): string => (answer.json as { code: string }).code;

test('a label stands for one version, wherever an image is named', async (t) => {
  const server = await stocked(t);
  assert.equal((await server.api('PUT', '/api/v1/images/xp@1/labels/approved')).status, 200);
  const labelled = (await images(server)).find(({ labels }) => labels.includes('approved'));
  assert.deepEqual([labelled?.name, labelled?.version], ['xp', 1]);
  const shown = await server.api('GET', '/api/v1/images/XP@Approved');
  assert.equal((shown.json as ImageView).version, 1);

  const good = await manifest(server, `${MAC},xp@approved,PC-1,lab`);
  assert.deepEqual(good.problems, []);
  const preview = await server.api('POST', '/api/v1/deployments/preview', { targets: ['PC-1'] });
  assert.equal((preview.json as Preview).machines[0]?.version, 1);
  const wished = { targets: ['PC-1'], image: 'xp@latest' };
  const refused = ((await server.api('POST', '/api/v1/deployments/preview', wished)).json as Preview)
    .refused[0];
  assert.match(refused?.message ?? '', /no image xp@latest; of xp there are the versions 1 \(approved\), 2/);

  await server.api('PUT', '/api/v1/images/xp@2/labels/approved');
  assert.equal(((await server.api('GET', '/api/v1/images/xp@approved')).json as ImageView).version, 2);
  assert.equal(
    (await server.api('DELETE', '/api/v1/images/xp@1/labels/approved')).status,
    404,
    'it has moved',
  );
  assert.equal((await server.api('DELETE', '/api/v1/images/xp@2/labels/approved')).status, 200);
  assert.equal((await manifest(server, `${MAC},xp@approved,PC-1,lab`)).problems[0]?.code, 'unknown-image');
  assert.equal(codeOf(await server.api('PUT', '/api/v1/images/xp@2/labels/3')), 'image-label');
});

test('deleting tells who relies on it, and waits for tasks that read it', async (t) => {
  const server = await stocked(t);
  await manifest(server, `${MAC},xp,PC-1,lab\n52:54:00:00:00:02,xp@1,PC-2,lab`);
  const uses = (await server.api('GET', '/api/v1/images/xp@2/uses')).json as ImageUsesView;
  assert.deepEqual(uses.assigned, [{ host: 'PC-1', reference: 'xp', afterwards: 'xp@1' }]);
  const all = (await server.api('GET', '/api/v1/images/xp/uses')).json as ImageUsesView;
  assert.deepEqual(
    [all.versions.length, all.assigned.map(({ host, afterwards }) => [host, afterwards])],
    [
      2,
      [
        ['PC-1', null],
        ['PC-2', null],
      ],
    ],
  );
  const wish = { targets: ['PC-1'] };
  const { digest } = (await server.api('POST', '/api/v1/deployments/preview', wish)).json as Preview;
  const order = (await server.api('POST', '/api/v1/deployments', { ...wish, digest })).json as DeploymentView;
  const held = await server.api('DELETE', '/api/v1/images/xp@2');
  assert.equal(codeOf(held), 'image-held');
  assert.equal(codeOf(await server.api('POST', '/api/v1/images/xp/rename', { name: 'old' })), 'image-held');
  await server.api('POST', `/api/v1/deployments/${order.id}/cancel`, {});

  assert.equal((await server.api('DELETE', '/api/v1/images/xp')).status, 400, 'all versions must be meant');
  assert.equal((await server.api('DELETE', '/api/v1/images/xp@2')).status, 200);
  assert.deepEqual(await names(server), ['debian@1', 'xp@1']);
  assert.equal((await server.api('DELETE', '/api/v1/images/xp?all=true')).status, 200);
  assert.deepEqual(await names(server), ['debian@1']);
  assert.equal((await server.api('DELETE', '/api/v1/images/xp@1')).status, 404);
});

test('renaming and notes: the bytes that are handed out follow', async (t) => {
  const server = await stocked(t);
  const before = (await server.call('GET', '/api/v1/images/xp@1/index', server.adminToken)).bytes;
  assert.equal((await server.api('PUT', '/api/v1/images/xp@1/notes', { notes: 'with Office' })).status, 200);
  assert.equal(
    (await images(server)).find(({ name, version }) => name === 'xp' && version === 1)?.notes,
    'with Office',
  );
  const after = (await server.call('GET', '/api/v1/images/xp@1/index', server.adminToken)).bytes;
  assert.ok(!before.equals(after) && after.includes('with Office'));
  assert.equal(
    codeOf(await server.api('POST', '/api/v1/images/xp/rename', { name: 'Debian' })),
    'image-exists',
  );
  assert.equal(codeOf(await server.api('POST', '/api/v1/images/xp/rename', { name: '../x' })), 'image-name');
  assert.equal(codeOf(await server.api('POST', '/api/v1/images/xp@1/rename', { name: 'y' })), 'image-name');
  assert.equal((await server.api('POST', '/api/v1/images/xp/rename', { name: 'winxp' })).status, 200);
  assert.deepEqual(await names(server), ['debian@1', 'winxp@1', 'winxp@2']);
  const renamed = (await server.call('GET', '/api/v1/images/winxp@1/index', server.adminToken)).bytes;
  assert.ok(renamed.includes('winxp'));
  assert.equal((await server.call('GET', '/api/v1/images/xp@1/index', server.adminToken)).status, 404);
});

test('what two versions differ in, and what only one of them holds', async (t) => {
  const server = await stocked(t);
  const diff = (await server.api('GET', '/api/v1/images/xp@1/diff/debian')).json as ImageDiffView;
  assert.deepEqual(
    [diff.first, diff.second, diff.changed.chunks, diff.same.chunks],
    ['xp@1', 'debian@1', 1, 0],
  );
  assert.ok(diff.fetchBytes > 0);
  const costs = await images(server, '?costs=true');
  const only = costs.map(({ name, version, onlyBytes, storedBytes }) => [
    `${name}@${version}`,
    onlyBytes === storedBytes,
  ]);
  assert.deepEqual(only, [
    ['debian@1', true],
    ['xp@1', false],
    ['xp@2', false],
  ]);
  assert.equal((await images(server))[0]?.onlyBytes, null);
  await server.api('DELETE', '/api/v1/images/xp@1');
  assert.equal(
    (await images(server, '?costs=true'))[1]?.onlyBytes,
    costs[2]?.storedBytes,
    'the other one is alone now',
  );
});

test('nothing of it without a login', async (t) => {
  const server = await stocked(t);
  for (const [method, url, body] of [
    ['DELETE', '/api/v1/images/xp@1', undefined],
    ['POST', '/api/v1/images/xp/rename', { name: 'y' }],
    ['PUT', '/api/v1/images/xp/notes', { notes: '' }],
    ['PUT', '/api/v1/images/xp/labels/a', undefined],
    ['DELETE', '/api/v1/images/xp/labels/a', undefined],
    ['GET', '/api/v1/images/xp/index', undefined],
    ['GET', '/api/v1/images/xp/uses', undefined],
    ['GET', '/api/v1/images/xp/diff/debian', undefined],
    ['GET', `/api/v1/images/xp/chunks/${'0'.repeat(64)}`, undefined],
    ['GET', '/api/v1/store', undefined],
    ['POST', '/api/v1/store/jobs', { kind: 'gc' }],
    ['GET', '/api/v1/store/jobs/j-abcdef', undefined],
    ['POST', '/api/v1/store/jobs/j-abcdef/cancel', {}],
    ['POST', '/api/v1/imports', { image: 'x' }],
  ] as const) {
    assert.equal((await server.call(method, url, null, body)).status, 401, `${method} ${url}`);
  }
});
