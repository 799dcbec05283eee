import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';
import { listen } from './listen.ts';
import { TestServer } from './testing/test-server.ts';

test('a socket that cannot be opened closes the port again, and its path is named', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const socket = join(server.data, 'x'.repeat(120), 'mimeo.sock');
  const places = { address: '127.0.0.1', port: 0, socket };
  await assert.rejects(listen(server.app, places), ({ code, message }: { code: string; message: string }) => {
    assert.equal(code, 'port-taken');
    return message.includes(socket);
  });
  assert.equal(server.app.server.listening, false);
});

/** A server that answers `yes` to everybody, open at a port of loopback. */
async function openApp(t: TestContext, port = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-listen-'));
  const app = Fastify({ forceCloseConnections: true });
  app.get('/', async () => 'yes');
  const local = await listen(app, { address: '127.0.0.1', port, socket: join(folder, 'sock') });
  t.after(async () => {
    local.close();
    await app.close();
    await rm(folder, { recursive: true });
  });
  return { app, port: (app.server.address() as AddressInfo).port };
}

test('a server whose every turn is long still lets many in at once', async (t) => {
  const { port } = await openApp(t);
  const HOSTS = 64;
  const code = `
    const { connect } = require('node:net');
    const { parentPort } = require('node:worker_threads');
    let open = 0;
    for (let i = 0; i < ${HOSTS}; i++) {
      const socket = connect(${port}, '127.0.0.1', () => {
        socket.write('GET / HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n');
      });
      socket.on('data', () => socket.destroy()).on('close', () => {
        if (++open === ${HOSTS}) parentPort.postMessage('all');
      });
    }`;
  let turns = 0;
  let ended = false;
  const hosts = new Worker(code, { eval: true });
  const all = once(hosts, 'message').then(() => {
    ended = true;
  });
  await once(hosts, 'online');
  while (!ended) {
    turns++;
    const until = performance.now() + 20;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  assert.ok(turns < HOSTS / 2, `${HOSTS} connections took ${turns} turns`);
});

test('a port that another server has is refused', async (t) => {
  const { port } = await openApp(t);
  await assert.rejects(openApp(t, port), { code: 'port-taken' });
});
