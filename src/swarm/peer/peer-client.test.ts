import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type FetchOptions, PeerClient } from './peer-client.ts';
import { idOf } from './test-support/chunk-arbitrary.ts';
import { until } from './test-support/until.ts';

const lives = new AbortController().signal;
const request = { id: idOf(1), expires: 5, ticket: 'x'.repeat(43) };

interface Wire {
  readonly sockets: Socket[];
  /** What was asked, a head each. */
  readonly heads: string[];
  readonly client: PeerClient;
  readonly place: { readonly address: string; readonly port: number };
  readonly fetch: (options?: Partial<FetchOptions>) => Promise<Buffer>;
}

/** A peer that does with each request what the test says, and a client. */
async function wire(t: TestContext, answer: (socket: Socket, nth: number) => void): Promise<Wire> {
  const sockets: Socket[] = [];
  const heads: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heads.push(bytes.toString());
      answer(socket, heads.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new PeerClient();
  t.after(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const place = { address: '127.0.0.1', port };
  const fetch = (options: Partial<FetchOptions> = {}): Promise<Buffer> =>
    client.fetch(place, request, { signal: lives, ...options });
  return { sockets, heads, client, place, fetch };
}

const head = (length: number, status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${length}\r\n\r\n`;

test('a frame comes whole, however it is cut, into memory of its own, over a connection that is kept', async (t) => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
  const { sockets, heads, fetch } = await wire(t, (socket, nth) => {
    const whole = Buffer.concat([Buffer.from(head(body.length)), body]);
    if (nth === 1) socket.write(whole);
    else {
      socket.write(whole.subarray(0, 20));
      setImmediate(() => {
        socket.write(whole.subarray(20, 47));
        setImmediate(() => socket.write(whole.subarray(47)));
      });
    }
  });
  let bytes = 0;
  for (let i = 0; i < 4; i++) {
    const frame = await fetch({ onBytes: (more) => (bytes += more) });
    assert.ok(frame.equals(body));
    assert.equal(frame.buffer.byteLength, body.length);
  }
  assert.equal(sockets.length, 1);
  assert.equal(bytes, 4 * (body.length + head(body.length).length));
  assert.equal(
    heads[0],
    `GET /chunk/${request.id}?expires=5&ticket=${request.ticket} HTTP/1.1\r\n${heads[0]?.split('\r\n').slice(1).join('\r\n')}`,
  );
});

test('a connection that the peer does not want to keep is not used again', async (t) => {
  const { sockets, fetch } = await wire(t, (socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'),
  );
  await fetch();
  await fetch();
  assert.equal(sockets.length, 2);
});

test('what else is asked carries its own headers, and no line of anybody else', async (t) => {
  const { heads, client, place } = await wire(t, (socket) => socket.write(`${head(4, '409 Conflict')}busy`));
  const reply = await client.ask(
    place,
    { method: 'GET', path: '/x?y=1', headers: { authorization: 'Bearer z' } },
    { signal: lives },
  );
  assert.deepEqual([reply.status, reply.body.toString()], [409, 'busy']);
  assert.equal(
    heads[0],
    `GET /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:${place.port}\r\nauthorization: Bearer z\r\n\r\n`,
  );
  await assert.rejects(
    client.ask(place, { method: 'GET', path: '/x', headers: { a: 'b\r\nc: d' } }, { signal: lives }),
    /line break/,
  );
});

test('with a rate it takes no more: large replies are held back, small ones not asked for before their time', async (t) => {
  const bytesPerSecond = 1_000_000;
  let length = 150_000;
  const { fetch, client } = await wire(t, (socket) => socket.write(head(length) + 'x'.repeat(length)));
  client.pace.setRate(bytesPerSecond);
  // The last slice of each is not waited for, and 20 ms are saved up.
  const least = (bytes: number): number => (bytes / bytesPerSecond) * 1000 - 20;
  let began = performance.now();
  // Four in turns, 50 ms each: they pause for longer than their patience, which pauses do not count for.
  await Promise.all([1, 2, 3, 4].map(() => fetch({ idleMs: 140 })));
  const largeMs = performance.now() - began;
  assert.ok(largeMs >= least(400_000), `${largeMs} ms, ${least(400_000)} at least`);
  length = 2000;
  began = performance.now();
  for (let i = 0; i < 100; i++) assert.equal((await fetch()).length, length);
  const smallMs = performance.now() - began;
  assert.ok(smallMs >= least(198_000), `${smallMs} ms, ${least(198_000)} at least`);
});

test('what a peer may answer, and what none does', async (t) => {
  const says = ['403 Forbidden', '404 Not Found', '503 Service Unavailable', '500 Oops'];
  const { fetch } = await wire(t, (socket, nth) => socket.write(head(0, says[nth - 1])));
  for (const why of ['refused', 'gone', 'busy', 'unreachable']) await assert.rejects(fetch(), { why });
});

test('a body that is cut off, and a peer that dies in the middle of it', async (t) => {
  const { fetch } = await wire(t, (socket, nth) => {
    socket.write(head(5000) + 'x'.repeat(4999));
    if (nth === 1) socket.end();
    else socket.resetAndDestroy();
  });
  await assert.rejects(fetch(), { why: 'unreachable' });
  await assert.rejects(fetch(), { why: 'unreachable' });
});

test('more than was announced: in one piece it is wrong, later it ends the connection', async (t) => {
  const { sockets, fetch } = await wire(t, (socket, nth) => {
    socket.write(head(3) + ['four', 'abc', 'def'][nth - 1]);
  });
  await assert.rejects(fetch(), { why: 'unclear' });
  assert.equal((await fetch()).toString(), 'abc');
  sockets[1]?.write('d');
  await until('it is closed', () => sockets[1]?.destroyed === true);
  assert.equal((await fetch()).toString(), 'def');
  assert.equal(sockets.length, 3);
});

test('a reply that is longer than a chunk can be is not even begun', async (t) => {
  const { sockets, fetch } = await wire(t, (socket, nth) => socket.write(head(nth === 1 ? 101 : 2_000_000)));
  await assert.rejects(fetch({ mostBytes: 100 }), { why: 'too-long' });
  await assert.rejects(fetch(), { why: 'too-long' });
  await until('both are closed', () => sockets.every(({ destroyed }) => destroyed));
});

test('something else than HTTP, and a head without end', async (t) => {
  const { fetch } = await wire(t, (socket, nth) =>
    socket.write(nth === 1 ? 'hello\r\n\r\n' : 'x'.repeat(5000)),
  );
  await assert.rejects(fetch(), { why: 'unclear' });
  await assert.rejects(fetch(), { why: 'unclear' });
});

test('a peer that says nothing, or stops in the middle, is silent', async (t) => {
  const { fetch } = await wire(t, (socket, nth) => {
    if (nth === 2) socket.write(`${head(9)}abc`);
  });
  await assert.rejects(fetch({ idleMs: 30 }), { why: 'silent' });
  await assert.rejects(fetch({ idleMs: 30 }), { why: 'silent' });
});

test('a kept connection that the peer closed in the meantime is no fault', async (t) => {
  const { sockets, heads, fetch } = await wire(t, (socket, nth) => {
    // The second question comes on the first connection and finds it closed.
    if (nth === 2) socket.destroy();
    else socket.write(`${head(2)}ok`);
  });
  await fetch();
  assert.equal((await fetch()).toString(), 'ok');
  assert.deepEqual([sockets.length, heads.length], [2, 3]);
});

test('an abort ends the fetch and the connection', async (t) => {
  const { sockets, heads, fetch } = await wire(t, () => undefined);
  const stop = new AbortController();
  const fetching = fetch({ signal: stop.signal });
  await until('it is asked', () => heads.length === 1);
  stop.abort(new Error('enough'));
  await assert.rejects(fetching, /enough/);
  await until('it is closed', () => sockets[0]?.destroyed === true);
  await assert.rejects(fetch({ signal: stop.signal }), /enough/);
  assert.equal(sockets.length, 1);
});

test('nobody listens there', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const client = new PeerClient();
  t.after(() => client.close());
  const fetching = client.fetch({ address: '127.0.0.1', port }, request, { signal: lives });
  await assert.rejects(fetching, { why: 'unreachable' });
});
