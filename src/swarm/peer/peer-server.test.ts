import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Pace } from './pace.ts';
import { PeerClient } from './peer-client.ts';
import { PeerServer, type PeerServerLimits, type PeerServerParts, type Served } from './peer-server.ts';
import { idOf } from './test-support/chunk-arbitrary.ts';
import { until } from './test-support/until.ts';
import { pairKey, type TicketFacts, ticketFor } from './ticket.ts';

const signTicket = (secret: Uint8Array, facts: TicketFacts): string =>
  ticketFor(pairKey(secret, facts), facts.chunk);

const lives = new AbortController().signal;
const SECRET = Buffer.alloc(32, 5);
const NOW = 1_000_000;
const frame = Buffer.alloc(700_000, 9);

interface Neighbours {
  readonly server: PeerServer;
  readonly port: number;
  readonly client: PeerClient;
  readonly served: Served[];
  /** The text of a request with a ticket that is right unless told. */
  readonly text: (over?: { address?: string; expires?: number; chunk?: string; signed?: string }) => string;
  readonly fetch: (number: number, signal?: AbortSignal) => Promise<Buffer>;
  readonly open: (from?: string) => Promise<Socket>;
}

async function neighbours(
  t: TestContext,
  over: Partial<Omit<PeerServerParts, 'limits'>> & { readonly limits?: Partial<PeerServerLimits> } = {},
): Promise<Neighbours> {
  const served: Served[] = [];
  const server = new PeerServer({
    frameOf: () => frame,
    secret: () => SECRET,
    serverNow: () => NOW,
    onServed: (one) => served.push(one),
    ...over,
  });
  const port = await server.start(lives);
  const client = new PeerClient();
  const sockets: Socket[] = [];
  t.after(async () => {
    client.close();
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });
  const expires = NOW + 1000;
  const ticketOf = (chunk: string): string => signTicket(SECRET, { address: '127.0.0.1', chunk, expires });
  return {
    server,
    port,
    client,
    served,
    text: ({ address = '127.0.0.1', expires: until = expires, chunk = idOf(1), signed = chunk } = {}) => {
      const ticket = signTicket(SECRET, { address, chunk: signed, expires: until });
      return `GET /chunk/${chunk}?expires=${until}&ticket=${ticket} HTTP/1.1\r\nHost: x\r\n\r\n`;
    },
    fetch: (number, signal = lives) => {
      const id = idOf(number);
      return client.fetch({ address: '127.0.0.1', port }, { id, expires, ticket: ticketOf(id) }, { signal });
    },
    open: async (from = '127.0.0.1') => {
      const socket = connect({ host: '127.0.0.1', port, localAddress: from });
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    },
  };
}

/** All that comes until the other side closes. */
async function reply(socket: Socket, text: string): Promise<string> {
  let all = '';
  socket.on('data', (bytes: Buffer) => {
    all += bytes.toString('latin1');
  });
  const closed = once(socket, 'close');
  socket.write(text);
  await closed;
  return all;
}

test('a neighbour with a ticket gets the frame, and it is told who got what', async (t) => {
  const { fetch, served } = await neighbours(t);
  for (const number of [1, 2]) assert.ok((await fetch(number)).equals(frame));
  await until('it is told', () => served.length === 2);
  assert.deepEqual(
    served.map(({ address, chunk, bytes }) => ({ address, chunk, bytes })),
    [1, 2].map((number) => ({ address: '127.0.0.1', chunk: idOf(number), bytes: frame.length })),
  );
});

test('a stranger, a replay from elsewhere, a late one, one for another chunk: all hear the same, at once', async (t) => {
  const { open, text, served } = await neighbours(t);
  const requests: [string, string][] = [
    ['127.0.0.1', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['127.0.0.1', `GET /chunk/${idOf(1)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['127.0.0.2', text()],
    ['127.0.0.1', text({ address: '127.0.0.2' })],
    ['127.0.0.1', text({ expires: NOW - 1 })],
    ['127.0.0.1', text({ signed: idOf(2) })],
    ['127.0.0.1', text().replace('GET', 'POST').replace('\r\n\r\n', '\r\ncontent-length: 0\r\n\r\n')],
    ['127.0.0.1', text().replace('\r\n\r\n', '\r\nexpect: 100-continue\r\n\r\n')],
    ['127.0.0.1', text().replace(/ticket=./, 'ticket=')],
  ];
  const replies = new Set<string>();
  for (const [from, request] of requests) {
    const heard = await reply(await open(from), request);
    replies.add(heard.replace(/date: .*\r\n/i, ''));
  }
  assert.deepEqual(
    [...replies],
    ['HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
  );
  assert.deepEqual(served, []);
});

test('before the host has a secret nobody gets anything', async (t) => {
  const { fetch, client, port } = await neighbours(t, { secret: () => null });
  await assert.rejects(fetch(1), { why: 'refused' });
  const facts = { address: '127.0.0.1', chunk: idOf(1), expires: NOW };
  // Nor who guesses what stands in for it.
  const request = { id: idOf(1), expires: NOW, ticket: signTicket(Buffer.alloc(32), facts) };
  const fetching = client.fetch({ address: '127.0.0.1', port }, request, { signal: lives });
  await assert.rejects(fetching, { why: 'refused' });
});

test('what it does not hold, or cannot read, is gone', async (t) => {
  const { fetch } = await neighbours(t, {
    frameOf: (id) => (id === idOf(1) ? null : Promise.reject(new Error('the disk is broken'))),
  });
  await assert.rejects(fetch(1), { why: 'gone' });
  await assert.rejects(fetch(2), { why: 'gone' });
});

test('a hundred askers at once: four at a time, in their order, all served or told to wait', async (t) => {
  let [active, most] = [0, 0];
  const order: string[] = [];
  const limits = { mostWaiting: 200, mostWaitingEach: 200, mostSocketsEach: 200 };
  const { fetch, server } = await neighbours(t, {
    limits,
    frameOf: async (id) => {
      active++;
      most = Math.max(most, active);
      order.push(id);
      await new Promise(setImmediate);
      active--;
      return frame;
    },
  });
  const frames = await Promise.all(Array.from({ length: 100 }, (_, i) => fetch(i)));
  assert.ok(frames.every((one) => one.equals(frame)));
  assert.equal(new Set(order).size, 100);
  assert.ok(most <= 4, `${most} at a time`);
  await until('all slots are free', () => server.load.active === 0 && server.load.waiting === 0);
});

test('a full queue says so; who leaves it makes room', async (t) => {
  const go = Promise.withResolvers<Buffer>();
  const limits = { slots: 1, mostWaiting: 1 };
  const { fetch, server } = await neighbours(t, { limits, frameOf: () => go.promise });
  const first = fetch(1);
  await until('it is served', () => server.load.active === 1);
  const stop = new AbortController();
  const second = fetch(2, stop.signal);
  await until('it waits', () => server.load.waiting === 1);
  await assert.rejects(fetch(3), { why: 'busy' });
  stop.abort(new Error('enough'));
  await assert.rejects(second, /enough/);
  await until('its place is free', () => server.load.waiting === 0);
  const third = fetch(4);
  go.resolve(frame);
  assert.ok((await first).equals(frame) && (await third).equals(frame));
});

test('a reader who stops, and one who leaves in the middle, give their slots back', async (t) => {
  const big = Buffer.alloc(16 * 1024 * 1024);
  const { open, text, server, served, fetch } = await neighbours(t, {
    limits: { slots: 2, stallMs: 50, cutMs: 50 },
    frameOf: (id) => (id === idOf(1) ? big : frame),
  });
  const [dead, leaving] = [await open(), await open()];
  dead.pause();
  dead.write(text());
  leaving.write(text());
  await once(leaving, 'data');
  leaving.destroy();
  await until('the slot of the one who left is free', () => server.load.active === 1);
  await until('the dead one is cut off', () => served.length === 2);
  assert.ok((await fetch(2)).equals(frame));
  await until('nobody is there', () => server.load.active === 0 && served.length === 3);
  assert.deepEqual(
    served.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
    [0, 0, frame.length],
  );
});

test('a host that died does not keep the others waiting: after a moment the next has its slot', async (t) => {
  const big = Buffer.alloc(16 * 1024 * 1024);
  const { open, text, server, served, fetch } = await neighbours(t, {
    limits: { slots: 1, stallMs: 50, cutMs: 300 },
    frameOf: (id) => (id === idOf(1) ? big : frame),
  });
  const dead = await open();
  dead.pause();
  dead.write(text());
  await until('it holds the slot', () => server.load.active === 1);
  assert.ok((await fetch(2)).equals(frame));
  assert.equal(served.filter(({ bytes }) => bytes === 0).length, 0, 'the dead one is not given up yet');
  await until('it is cut off', () => served.length === 2);
  assert.deepEqual([served[1]?.bytes, server.load.active], [0, 0]);
});

test('with a rate it sends no faster', async (t) => {
  const bytesPerSecond = 4_000_000;
  const { fetch } = await neighbours(t, { pace: new Pace(bytesPerSecond) });
  const began = performance.now();
  await Promise.all([fetch(1), fetch(2)]);
  const ms = performance.now() - began;
  const least = ((2 * frame.length - 2 * 65_536) / bytesPerSecond) * 1000 - 20;
  assert.ok(ms >= least, `${ms} ms, ${least} at least`);
});

test('when all connections are taken the oldest stranger goes, and no neighbour', async (t) => {
  const { open, fetch, server } = await neighbours(t, { limits: { mostSockets: 3 } });
  await fetch(1);
  const [oldest, other] = [await open('127.0.0.2'), await open('127.0.0.3')];
  await until('three are open', () => server.load.sockets === 3);
  const closed = once(oldest, 'close');
  oldest.resume();
  const late = await open('127.0.0.4');
  await closed;
  assert.deepEqual([other.destroyed, late.destroyed], [false, false]);
  assert.ok((await fetch(2)).equals(frame), 'over its old connection');
});

test('one address takes only so many connections, and after many refusals none', async (t) => {
  const { open, server, fetch, text } = await neighbours(t, {
    limits: { mostSocketsEach: 2, mostRefusals: 3 },
  });
  const kept = [await open('127.0.0.2'), await open('127.0.0.2')];
  const third = await open('127.0.0.2');
  third.resume();
  await once(third, 'close');
  assert.equal(server.load.sockets, 2);
  for (const socket of kept) socket.destroy();
  await until('they are gone', () => server.load.sockets === 0);
  const heard: string[] = [];
  // Within one second, or the next begins and three more are heard.
  for (let i = 0; i < 8; i++) heard.push(await reply(await open('127.0.0.2'), text()));
  assert.ok(heard.filter((words) => words.includes('403')).length < 8, 'some were not heard');
  assert.ok((await fetch(1)).equals(frame), 'others are');
});

test('stopping breaks off what is sent, and the port is free', async (t) => {
  const big = Buffer.alloc(16 * 1024 * 1024);
  const { server, open, text, port, client, served } = await neighbours(t, { frameOf: () => big });
  const reader = await open();
  reader.pause();
  reader.write(text());
  await until('it is being sent', () => server.load.active === 1);
  await server.stop();
  await server.stop();
  assert.deepEqual(
    served.map(({ bytes }) => bytes),
    [0],
  );
  const request = { id: idOf(1), expires: 1, ticket: '' };
  await assert.rejects(client.fetch({ address: '127.0.0.1', port }, request, { signal: lives }), {
    why: 'unreachable',
  });
  const never = new PeerServer({ frameOf: () => null, secret: () => null, serverNow: () => 0 });
  await assert.rejects(never.start(AbortSignal.abort(new Error('enough'))), /enough/);
  await never.stop();
});
