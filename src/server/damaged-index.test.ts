import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ImageUsesView } from '../api/index.ts';
import { MemoryStore } from '../store/index.ts';
import { started } from './testing/command-place.ts';
import { mimeo } from './testing/mimeo-command.ts';

/** A server whose image xp has the versions 1 and 2, the newer of which has rotted. */
async function withRot(t: TestContext): Promise<Awaited<ReturnType<typeof started>>> {
  const place = await started(t);
  const { server } = place;
  await server.addImage('xp');
  await server.addImage('xp');
  assert.ok(server.store instanceof MemoryStore);
  await server.store.alterIndex('xp', 2, Buffer.from('rot'));
  return place;
}

test('a name whose newest version cannot be read does not mean an older one', async (t) => {
  const { server } = await withRot(t);
  const manifest = 'mac,image,name\n00:16:3e:00:00:01,xp,PC1\n00:16:3e:00:00:02,xp@1,PC2\n';
  await writeFile(join(server.data, 'share', 'manifest.csv'), manifest);
  await server.services.manifest.check({ force: true });
  const { json } = await server.api('POST', '/api/v1/deployments/preview', { targets: ['all'] });
  const { machines, refused } = json as {
    machines: { name: string; version: number }[];
    refused: { target: string; code: string; message: string }[];
  };
  assert.deepEqual(
    machines.map(({ name, version }) => [name, version]),
    [['PC2', 1]],
  );
  assert.deepEqual(
    refused.map(({ target, code }) => [target, code]),
    [['PC1', 'index-damaged']],
  );
  assert.match(refused[0]?.message ?? '', /^xp@2 cannot be read\. /);
  for (const path of ['xp', 'xp@2', 'xp/index', 'xp@2/uses'].map((ref) => `/api/v1/images/${ref}`)) {
    assert.equal((await server.api('GET', path)).status, path.endsWith('uses') ? 200 : 422, path);
  }
  assert.equal((await server.api('GET', '/api/v1/images/xp@1')).status, 200);
});

test('the list tells of a version that cannot be read, and it can be given up', async (t) => {
  const { server, data } = await withRot(t);
  const listed = await mimeo([...data, 'image', 'list']);
  assert.equal(listed.status, 0, listed.err);
  assert.match(listed.out, /^xp@1 /m);
  assert.match(listed.err, /^! xp@2 cannot be read: /m);
  const { json } = await server.api('GET', '/api/v1/images/xp/uses');
  const { versions, damaged } = json as ImageUsesView;
  assert.deepEqual(
    [versions.map(({ version }) => version), damaged.map(({ version }) => version)],
    [[1], [2]],
  );
  const gone = await mimeo([...data, 'image', 'delete', 'xp@2', '--yes']);
  assert.deepEqual([gone.status, gone.out], [0, 'xp@2 is deleted.\n'], gone.err);
  assert.deepEqual((await server.store.survey()).damaged, []);
  // Garbage collection runs again, the number is not given again.
  await server.store.collectGarbage({ olderThanMs: 0 });
  await server.addImage('xp');
  assert.deepEqual(
    (await server.store.list()).map(({ version }) => version),
    [1, 3],
  );
});
