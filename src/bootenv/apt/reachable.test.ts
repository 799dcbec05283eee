import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { whyUnreachable } from './reachable.ts';

const skip = existsSync('/usr/lib/apt/apt-helper') ? false : 'no apt on this machine';
const PATIENCE = { patienceMs: 700 };

/** A mirror that does this with each connection; its address. */
async function mirror(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}/debian`;
}

const head = (bytes: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`;

test('a mirror that answers is reachable, also one that is slow or has another release', {
  skip,
}, async (t) => {
  const mirrors = await Promise.all([
    mirror(t, (socket) => socket.write(`${head(5)}hello`)),
    mirror(t, (socket) => socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')),
    mirror(t, (socket) => socket.write(`${head(100_000)}${'x'.repeat(9000)}`)),
  ]);
  const found = await Promise.all(mirrors.map((uri) => whyUnreachable(uri, '/dev/null', PATIENCE)));
  assert.deepEqual(found, [null, null, null]);
  assert.equal(await whyUnreachable('file:/srv/debian', '/dev/null'), null);
});

test('one that says nothing, or is not there, is not, and it is said why', { skip }, async (t) => {
  const silent = await mirror(t, () => undefined);
  assert.equal(await whyUnreachable(silent, '/dev/null', PATIENCE), 'not one byte came in 0.7 s');
  const gone = await whyUnreachable('http://127.0.0.1:1/debian', '/dev/null');
  assert.match(gone ?? '', /Connection refused/);
});

test('who stops waiting is not told that the mirror is gone', { skip }, async (t) => {
  const stop = new AbortController();
  const silent = await mirror(t, () => stop.abort(new Error('stopped')));
  await assert.rejects(whyUnreachable(silent, '/dev/null', { signal: stop.signal }), /stopped/);
});
