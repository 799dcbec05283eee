import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { DeploymentView, Preview, TaskView } from '../api/index.ts';
import { ALIVE_MS } from '../deployment/index.ts';
import type { DeployOrder, Work } from '../protocol/index.ts';
import { diskOf, TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:01';
const progress = {
  phase: 'writing',
  doneBytes: 43,
  totalBytes: 100,
  networkBytes: 20,
  reusedBytes: 0,
  bytesPerSecond: 10,
  secondsLeft: 5,
} as const;

async function serverWithOneHost(t: TestContext): Promise<{ server: TestServer; chunk: string }> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const chunk = await server.addImage('xp');
  await writeFile(
    join(server.data, 'share', 'manifest.csv'),
    `mac,image,name,lab\n${MAC},xp,RM101-PC01,lab-1\n`,
  );
  await server.services.manifest.check();
  return { server, chunk };
}

async function order(server: TestServer, targets: string[]): Promise<DeploymentView> {
  const preview = (await server.api('POST', '/api/v1/deployments/preview', { targets })).json as Preview;
  const answer = await server.api('POST', '/api/v1/deployments', { targets, digest: preview.digest });
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
  return answer.json as DeploymentView;
}

async function work(server: TestServer, token: string): Promise<Work> {
  const { status, json } = await server.call('GET', '/agent/v1/work?wait=0', token);
  assert.equal(status, 200, JSON.stringify(json));
  return json as Work;
}

async function taskOf(server: TestServer, id: string): Promise<TaskView | undefined> {
  const { json } = await server.api('GET', `/api/v1/deployments/${id}`);
  return (json as DeploymentView).tasks[0];
}

test('a row in the manifest is no order: the host boots its own disk', async (t) => {
  const { server } = await serverWithOneHost(t);
  assert.match(await server.bootScript(MAC), /RM101-PC01: nothing to do, starting its own disk/);
});

test('from order to done, and then its own disk again', async (t) => {
  const { server, chunk } = await serverWithOneHost(t);
  await writeFile(join(server.data, 'share', 'registry', 'school.reg'), 'REGEDIT4\r\n');
  const deployment = await order(server, ['lab-1']);
  assert.deepEqual(deployment.counts, {
    total: 1,
    done: 0,
    failed: 0,
    cancelled: 0,
    running: 0,
    waiting: 1,
    lost: 0,
  });
  const { token } = await server.boot(MAC);
  const task = (await work(server, token)) as DeployOrder;
  assert.equal(task.kind, 'deploy');
  assert.deepEqual(task.image, { name: 'xp', version: 1 });
  assert.equal(task.personalise?.computerName, 'RM101-PC01');
  assert.equal(task.personalise?.fields['lab.name'], 'lab-1');
  assert.deepEqual(task.personalise?.registryFiles, [
    { name: 'school.reg', content: Buffer.from('REGEDIT4\r\n').toString('base64') },
  ]);

  const path = `/agent/v1/tasks/${task.taskId}`;
  assert.equal((await server.call('GET', `${path}/index`, token)).status, 200);
  assert.equal((await server.call('GET', `${path}/chunks/${chunk}`, token)).status, 200);
  assert.equal((await server.call('PUT', `${path}/saved-table`, token, Buffer.from('old'))).status, 204);
  assert.equal((await server.call('PUT', `${path}/saved-table`, token, Buffer.from('wiped'))).status, 204);
  const [hostFolder = ''] = await readdir(join(server.data, 'saved-tables'));
  const saved = join(server.data, 'saved-tables', hostFolder, `${task.taskId}.table`);
  assert.equal(await readFile(saved, 'utf8'), 'old', 'the first saved table is kept');
  const [ssd, hdd] = ['saved-table?disk=SSD%2F1', 'saved-table?disk=HDD'].map((one) => `${path}/${one}`);
  assert.equal((await server.call('PUT', ssd ?? '', token, Buffer.from('table of the SSD'))).status, 204);
  const kept = await server.call('GET', ssd ?? '', token);
  assert.deepEqual([kept.status, kept.bytes.toString()], [200, 'table of the SSD']);
  assert.equal((await server.call('GET', hdd ?? '', token)).status, 204, 'none of the other disk');

  const told = await server.call('POST', `${path}/report`, token, { kind: 'progress', progress });
  assert.deepEqual(told.json, { cancel: false });
  assert.equal((await taskOf(server, deployment.id))?.words, 'writing 43 %');
  await server.call('POST', `${path}/report`, token, { kind: 'finished', words: 'ready', warnings: [] });
  assert.equal((await taskOf(server, deployment.id))?.status, 'done');
  assert.match(await server.bootScript(MAC), /starting its own disk/);
  assert.equal(
    (await server.call('GET', `${path}/chunks/${chunk}`, token)).status,
    409,
    'nothing after the end',
  );
});

test('a failure reaches the server; retry opens the task again', async (t) => {
  const { server } = await serverWithOneHost(t);
  const { id } = await order(server, ['RM101-PC01']);
  const { token } = await server.boot(MAC);
  const task = (await work(server, token)) as DeployOrder;
  const failure = { code: 'disk-lies', message: 'It lies.', next: 'Replace it.', kind: 'permanent' };
  await server.call('POST', `/agent/v1/tasks/${task.taskId}/report`, token, { kind: 'failed', failure });
  assert.deepEqual((await taskOf(server, id))?.failure, failure);
  assert.equal((await work(server, token)).kind, 'idle', 'its screen stays as it is');
  assert.equal((await server.api('POST', '/api/v1/tasks/RM101-PC01/retry')).status, 200);
  assert.equal((await work(server, token)).kind, 'deploy');
});

test('cancel is told with the next report', async (t) => {
  const { server } = await serverWithOneHost(t);
  const { id } = await order(server, ['all']);
  const { token } = await server.boot(MAC);
  const task = (await work(server, token)) as DeployOrder;
  await server.api('POST', `/api/v1/deployments/${id}/cancel`);
  const path = `/agent/v1/tasks/${task.taskId}/report`;
  assert.deepEqual((await server.call('POST', path, token, { kind: 'progress', progress })).json, {
    cancel: true,
  });
  await server.call('POST', path, token, { kind: 'cancelled', by: 'server' });
  assert.equal((await taskOf(server, id))?.status, 'cancelled');
});

test('a server killed in the middle: the same token, the same task, nothing doubled', async (t) => {
  const { server: first } = await serverWithOneHost(t);
  const { id } = await order(first, ['lab-1']);
  const { token } = await first.boot(MAC);
  const task = (await work(first, token)) as DeployOrder;
  await first.call('POST', `/agent/v1/tasks/${task.taskId}/report`, token, { kind: 'progress', progress });
  await first.crash();
  const second = await TestServer.start(first);
  t.after(() => second.crash());
  assert.equal((await taskOf(second, id))?.status, 'running');
  const path = `/agent/v1/tasks/${task.taskId}/report`;
  assert.equal((await second.call('POST', path, token, { kind: 'progress', progress })).status, 200);
  await second.call('POST', path, token, { kind: 'finished', words: 'ready', warnings: [] });
  assert.equal((await taskOf(second, id))?.status, 'done');
  assert.equal(((await second.api('GET', '/api/v1/deployments')).json as DeploymentView[]).length, 1);
});

test('a server killed between hello and work: the host still gets its task', async (t) => {
  const { server: first } = await serverWithOneHost(t);
  await order(first, ['lab-1']);
  const { token } = await first.boot(MAC);
  await first.crash();
  const second = await TestServer.start(first);
  t.after(() => second.crash());
  assert.equal((await work(second, token)).kind, 'deploy');
});

test('a power cut: the host boots, says hello and goes on with the same task', async (t) => {
  const { server } = await serverWithOneHost(t);
  await order(server, ['lab-1']);
  const before = await server.boot(MAC);
  const task = (await work(server, before.token)) as DeployOrder;
  server.clock.advance(ALIVE_MS);
  const after = await server.boot(MAC);
  const again = (await work(server, after.token)) as DeployOrder;
  assert.deepEqual([again.taskId, again.attempt], [task.taskId, 2]);
  const old = await server.call('GET', '/agent/v1/work?wait=0', before.token);
  assert.equal(old.status, 401, 'the token of the earlier boot is void');
});

test('an order is for what was previewed', async (t) => {
  const { server } = await serverWithOneHost(t);
  const wish = { targets: ['all'] };
  const preview = (await server.api('POST', '/api/v1/deployments/preview', wish)).json as Preview;
  await server.addImage('xp');
  const answer = await server.api('POST', '/api/v1/deployments', { ...wish, digest: preview.digest });
  assert.equal((answer.json as { code: string }).code, 'preview-changed');
});

test('what cannot be done is refused early, each with its reason', async (t) => {
  const { server } = await serverWithOneHost(t);
  await server.hello(MAC, null, { disks: [{ ...diskOf(1), sizeBytes: 1_048_576 }] });
  const targets = ['lab-1', 'nobody'];
  const preview = (await server.api('POST', '/api/v1/deployments/preview', { targets })).json as Preview;
  assert.deepEqual(preview.machines, []);
  assert.match(preview.refused[0]?.message ?? '', /needs a disk of .* has .*1,048,576 bytes/);
  assert.match(preview.refused[1]?.message ?? '', /no lab or host nobody/);
});

test('a slip in a .reg file of the share is told when the deployment is ordered', async (t) => {
  const { server } = await serverWithOneHost(t);
  const path = join(server.data, 'share', 'registry', 'school.reg');
  await writeFile(path, 'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n"a"="{{host.nam}}"\r\n');
  const preview = (await server.api('POST', '/api/v1/deployments/preview', { targets: ['all'] }))
    .json as Preview;
  assert.match(preview.refused[0]?.message ?? '', /school\.reg.*line 4/);
});

test('a host with an open task gets no second one', async (t) => {
  const { server } = await serverWithOneHost(t);
  await order(server, ['lab-1']);
  const preview = (await server.api('POST', '/api/v1/deployments/preview', { targets: ['all'] }))
    .json as Preview;
  assert.match(preview.refused[0]?.message ?? '', /already has an open task/);
  const capture = await server.api('POST', '/api/v1/captures', { host: 'RM101-PC01', image: 'new' });
  assert.equal((capture.json as { code: string }).code, 'host-busy');
});
