import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { HostView, StatusView } from '../api/index.ts';
import { TestServer } from './testing/test-server.ts';

const ROWS = ['52:54:00:00:00:01,xp,A-1,lab', '52:54:00:00:00:02,xp,A-2,lab'];

interface Share {
  readonly server: TestServer;
  readonly path: string;
  /** Saves the manifest and waits until the server has read it. */
  readonly save: (text: string) => Promise<void>;
}

async function share(t: TestContext): Promise<Share> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('xp');
  const path = join(server.data, 'share', 'manifest.csv');
  const save = async (text: string): Promise<void> => {
    await writeFile(path, text);
    await server.services.manifest.check();
  };
  return { server, path, save };
}

async function names(server: TestServer): Promise<Record<string, string | null>> {
  const hosts = (await server.api('GET', '/api/v1/hosts')).json as HostView[];
  return Object.fromEntries(hosts.map((host) => [host.macs[0], host.name]));
}

async function status(server: TestServer): Promise<StatusView> {
  return (await server.api('GET', '/api/v1/status')).json as StatusView;
}

test('a saved file is in force within two seconds, with nobody asking', async (t) => {
  const { server, path } = await share(t);
  const read = new Promise<void>((resolve) => {
    server.services.hub.subscribe(
      (event) => event.topic === 'manifest' && event.kind === 'read' && resolve(),
    );
  });
  const saved = performance.now();
  // As editors save: a new file beside the old one, renamed over it.
  await writeFile(`${path}.new`, `mac,image,name,lab\n${ROWS[0]}\n`);
  await rename(`${path}.new`, path);
  await read;
  assert.ok(performance.now() - saved < 2000);
  assert.deepEqual(await names(server), { '52:54:00:00:00:01': 'A-1' });
});

test('a bad line keeps its last good version, also over a restart; good lines go on', async (t) => {
  const { server, save } = await share(t);
  await save(`mac,image,name,lab\n${ROWS.join('\n')}\n`);
  await save(`mac,image,name,lab\n52:54:00:00:00:01,xp,A 1!,lab\n52:54:00:00:00:02,xp,B-2,lab\n`);
  const expected = { '52:54:00:00:00:01': 'A-1', '52:54:00:00:00:02': 'B-2' };
  assert.deepEqual(await names(server), expected);
  const [problem] = (await status(server)).manifest.problems;
  assert.deepEqual([problem?.line, problem?.column], [2, 22]);
  await server.crash();
  const second = await TestServer.start(server);
  t.after(() => second.crash());
  assert.deepEqual(await names(second), expected);
});

test('two machines swap their names in one save', async (t) => {
  const { server, save } = await share(t);
  await save(`mac,image,name,lab\n${ROWS.join('\n')}\n`);
  await save('mac,image,name,lab\n52:54:00:00:00:01,xp,A-2,lab\n52:54:00:00:00:02,xp,A-1,lab\n');
  assert.deepEqual(await names(server), { '52:54:00:00:00:01': 'A-2', '52:54:00:00:00:02': 'A-1' });
});

test('a removed row makes its machine unknown; a removed file changes nothing', async (t) => {
  const { server, path, save } = await share(t);
  await save(`mac,image,name,lab\n${ROWS.join('\n')}\n`);
  await save(`mac,image,name,lab\n${ROWS[0]}\n`);
  assert.deepEqual(await names(server), { '52:54:00:00:00:01': 'A-1', '52:54:00:00:00:02': null });
  await rm(path);
  await server.services.manifest.check();
  assert.equal((await names(server))['52:54:00:00:00:01'], 'A-1');
  assert.match((await status(server)).manifest.problems[0]?.message ?? '', /is not there; what it said last/);
});

test('two lines that lead to one machine are told; the first is in force', async (t) => {
  const { server, save } = await share(t);
  const [one, two] = ['52:54:00:00:00:01', '52:54:00:00:00:02'];
  const card = { name: 'eth0', mac: one, speedMbit: null, link: true, booted: true };
  const cards = [card, { ...card, name: 'eth1', mac: two, booted: false }];
  await server.hello(one, null, { uuid: '11111111-2222-4333-8444-555555555555', macs: cards });
  await save(`mac,image,name,lab\n${ROWS.join('\n')}\n`);
  const [problem] = (await status(server)).manifest.problems;
  assert.deepEqual([problem?.code, problem?.line], ['doubled-host', 3]);
  assert.deepEqual(Object.values(await names(server)), ['A-1']);
});

test('an image that comes later makes its rows good', async (t) => {
  const { server, save } = await share(t);
  await save('mac,image,name\n52:54:00:00:00:01,vista,A-1\n');
  assert.match((await status(server)).manifest.problems[0]?.message ?? '', /vista/);
  await server.addImage('vista');
  assert.deepEqual((await status(server)).manifest.problems, []);
  assert.deepEqual(await names(server), { '52:54:00:00:00:01': 'A-1' });
});

test('a JPEG is one problem, and what was in force stays', async (t) => {
  const { server, save, path } = await share(t);
  await save(`mac,image,name,lab\n${ROWS[0]}\n`);
  await writeFile(path, Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043', 'hex'));
  await server.services.manifest.check();
  const { manifest } = await status(server);
  assert.equal(manifest.problems.length, 1);
  assert.equal(manifest.rows, 1);
  assert.equal((await names(server))['52:54:00:00:00:01'], 'A-1');
});

/** Seconds of work, and not of waiting for a machine that is busy with other things. */
function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('ten thousand lines are in force at once', async (t) => {
  const { server, save } = await share(t);
  const mac = (i: number): string => `0252${i.toString(16).padStart(8, '0')}`;
  const lines = Array.from({ length: 10_000 }, (_, i) => `${mac(i)};xp;PC-${i}`);
  const saved = process.cpuUsage();
  await save(`MAC;Image;Name\r\n${lines.join('\r\n')}\r\n`);
  assert.ok(secondsSince(saved) < 2);
  assert.equal((await status(server)).manifest.rows, 10_000);
  const started = process.cpuUsage();
  await server.bootScript('02:52:00:00:00:07');
  assert.ok(secondsSince(started) < 2, 'and a host is still answered before its firmware gives up');
});

test('events are replayed from the last one seen, then live', async (t) => {
  const { server, save } = await share(t);
  await save(`mac,image,name,lab\n${ROWS[0]}\n`);
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const ended = new AbortController();
  const answer = await fetch(`${address}/api/v1/events`, {
    headers: { authorization: `Bearer ${server.adminToken}`, 'last-event-id': '0' },
    signal: ended.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(': connected')) text += (await reader?.read())?.value ?? '';
  assert.match(text, /^id: 1\nevent: \w+\ndata: \{/);
  assert.match(text, /The manifest was read: 1 machine\./);
  const live = reader?.read();
  await save(`mac,image,name,lab\n${ROWS.join('\n')}\n`);
  assert.match((await live)?.value ?? '', /The manifest was read: 2 machines/);
  ended.abort();
  await once(server.app.server, 'close', { signal: AbortSignal.timeout(1) }).catch(() => undefined);
});
