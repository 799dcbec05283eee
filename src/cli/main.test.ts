import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { problem, silentEvents, startFakeServer } from './testing/fake-server.ts';
import { runningTask, sampleDeployment, sampleHost } from './testing/samples.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

/** The real command as a process of its own. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TZ: 'UTC', HOME: '/nonexistent', ...env },
  });
}

async function ended(child: ChildProcess): Promise<{ status: number | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out, err };
}

test('exit codes of the real command', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/hosts': () => [sampleHost],
    'GET /api/v1/images?costs=true': (_, response) => problem(response, 401, 'not-signed-in', 'Who are you?'),
    'POST /api/v1/codes': (_, response) => problem(response, 500, 'internal', 'Oh.'),
  });
  const cases = [
    [['host', 'list'], 0],
    [['code'], 1],
    [['host', 'lsit'], 2],
    [['host'], 2],
    [['deploy', 'x', '--after', 'dance'], 2],
    [['image', 'list'], 3],
    [['host', 'show', 'nobody'], 4],
    [['--help'], 0],
    [['--version'], 0],
  ] as const;
  const results = await Promise.all(cases.map(([args]) => ended(start(['--data', data, ...args]))));
  assert.deepEqual(
    results.map(({ status }) => status),
    cases.map(([, status]) => status),
  );
  assert.match(results[2]?.err ?? '', /unknown command 'lsit'\s+\(Did you mean list\?\)/);
  assert.match(results[7]?.out ?? '', /^Examples:\n {2}mimeo status --watch\n/);
});

test('no server: 6, in words or as JSON', async () => {
  const [text, json] = await Promise.all([
    ended(start(['--data', '/nonexistent', 'status'])),
    ended(start(['--server', 'http://127.0.0.1:9', 'status', '--json'])),
  ]);
  assert.deepEqual([text.status, text.out], [6, '']);
  assert.match(
    text.err,
    /No Mimeo server answers on this machine \(\/nonexistent\/mimeo\.sock\)\.\n.*npm start/,
  );
  assert.deepEqual([json.status, json.err], [6, '']);
  assert.equal(JSON.parse(json.out).error.code, 'server-unreachable');
});

test('Ctrl-C: 130', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/deployments/7': () => sampleDeployment([runningTask]),
    'GET /api/v1/events': silentEvents,
  });
  const child = start(['--data', data, 'deployment', 'show', '7', '--wait']);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  assert.equal((await ended(child)).status, 130);
});

test('a reader that goes away early is no failure', async (t) => {
  const many = Array.from({ length: 20_000 }, () => sampleHost);
  const { data } = await startFakeServer(t, { 'GET /api/v1/hosts': () => many });
  const child = start(['--data', data, 'host', 'list']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  const { status, err } = await ended(child);
  assert.deepEqual([status, err], [0, '']);
});

test('login over the network, then its token is used', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'mimeo-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const url = await startTcpServer(t);
  const env = { HOME: home, MIMEO_DATA: '/nonexistent' };
  assert.equal((await ended(start(['login', url], env))).status, 2, 'nobody is here to ask for the code');
  assert.equal((await ended(start(['login', url, '--code', 'wrong'], env))).status, 3);
  assert.equal((await ended(start(['login', url, '--code', 'right'], env))).status, 0);
  assert.match(readFileSync(join(home, '.config/mimeo/logins.json'), 'utf8'), /"token-1"/);
  const { status, out } = await ended(start(['host', 'list'], env));
  assert.equal(status, 0);
  assert.match(out, /PC-07/);
});

/** Takes the code "right" for a token, and shows its hosts to that token only. */
async function startTcpServer(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      if (request.url === '/api/v1/claim' && body === '{"code":"right"}') {
        response.statusCode = 201;
        return response.end('{"token":"token-1"}');
      }
      if (request.url === '/api/v1/hosts' && request.headers.authorization === 'Bearer token-1') {
        return response.end(JSON.stringify([sampleHost]));
      }
      return problem(response, 403, 'code-wrong', 'That code is wrong.');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
