import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../clock.ts';
import { PeerClient } from '../../swarm/index.ts';
import { ContractServer, type ContractServerScript, problem } from '../testing/contract-server.ts';
import { ServerLink } from './server-link.ts';

const ID = 'a'.repeat(64);
const FRAME = Buffer.alloc(300_000, 7);

async function setUp(t: TestContext, script: ContractServerScript) {
  const server = new ContractServer(script);
  await server.start();
  const troubles: unknown[] = [];
  const link = new ServerLink({
    server: new URL(server.url),
    introduce: async () => ({
      bootNonce: null,
      inventory: {
        ...{ uuid: null, serial: null, manufacturer: null, product: null, disks: [], memoryBytes: 1 },
        ...{ cpus: 1, firmware: 'bios', driverless: [] },
        macs: [{ name: 'eth0', mac: '52:54:00:00:00:01', speedMbit: 1000, link: true, booted: true }],
      },
      uptimeSeconds: 12,
    }),
    onHello: () => undefined,
    onTrouble: (trouble) => void troubles.push(trouble),
    clock: { ...systemClock, delay: async () => undefined },
    random: () => 0,
  });
  const client = new PeerClient();
  t.after(async () => {
    link.close();
    client.close();
    await server.stop();
  });
  let came = 0;
  const fetch = (signal = new AbortController().signal): Promise<Buffer> =>
    link.fetchChunk('t1', ID, signal, { client, onBytes: (bytes) => (came += bytes) });
  return { server, troubles, link, fetch, came: () => came };
}

test("a chunk of the server over the neighbours' connections, its bytes heard of as they come", async (t) => {
  const { server, fetch, came } = await setUp(t, {
    getChunk: async () => FRAME,
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/') || request.headers.authorization !== `Bearer ${server.token}`)
        return false;
      response.writeHead(200, { 'content-length': FRAME.length }).end(FRAME);
      return true;
    },
  });
  for (let i = 0; i < 3; i++) assert.ok((await fetch()).equals(FRAME));
  assert.ok(came() > 3 * FRAME.length, 'with their heads');
  server.token = 'token-2';
  assert.ok((await fetch()).equals(FRAME));
  assert.equal(server.hellos.length, 2, 'a token that is not known any more is renewed');
});

test('a reply that does not state its length, as a proxy makes it, comes over the plain connection', async (t) => {
  let asked = 0;
  const { fetch, troubles } = await setUp(t, {
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/')) return false;
      asked++;
      response.writeHead(200).end(FRAME);
      return true;
    },
  });
  assert.ok((await fetch()).equals(FRAME));
  assert.deepEqual([asked, troubles], [2, []]);
});

test('a reply cut in the middle, and a server that is starting, are asked again', async (t) => {
  const mishaps = ['cut', 'starting'];
  const { fetch } = await setUp(t, {
    getChunk: async () => FRAME,
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/')) return false;
      const mishap = mishaps.shift();
      if (mishap === 'starting') problem(response, 503, 'server-unreachable', 'Starting.');
      if (mishap === 'cut') {
        response.writeHead(200, { 'content-length': FRAME.length });
        response.write(FRAME.subarray(0, 1000), () => response.destroy());
      }
      return mishap !== undefined;
    },
  });
  assert.ok((await fetch()).equals(FRAME));
  assert.deepEqual(mishaps, []);
});

test('a refusal keeps the words of the server, and an abort its reason', async (t) => {
  const held: ServerResponse[] = [];
  let asked = 0;
  const { fetch } = await setUp(t, {
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/')) return false;
      // Each is asked twice: a refusal does not state its length.
      if (asked++ > 1) held.push(response);
      else problem(response, 404, 'chunk-missing', 'The store lacks this chunk.');
      return true;
    },
  });
  await assert.rejects(fetch(), { code: 'chunk-missing', message: /The store lacks this chunk/ });
  const stop = new AbortController();
  const late = fetch(stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(late, { message: 'enough' });
  for (const response of held) response.end();
});

test('what is told to the scheduler arrives as it is, and its reply is read whatever its size', async (t) => {
  const peers = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [
      `h-${i}`,
      { address: '192.0.2.1', port: 1000 + i, expires: 1, key: 'k'.repeat(43) },
    ]),
  );
  const told: { readonly body: unknown; readonly type: string | undefined }[] = [];
  const { server, link, troubles } = await setUp(t, {
    intercept: (request, response) => {
      if (!request.url?.endsWith('/swarm') || request.headers.authorization !== `Bearer ${server.token}`)
        return false;
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        told.push({
          body: JSON.parse(Buffer.concat(parts).toString()),
          type: request.headers['content-type'],
        });
        const reply = { kind: 'known', assignments: [], peers, paceMs: 20, heldMs: 0, needed: false };
        const bytes = Buffer.from(JSON.stringify(reply));
        response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
      });
      return true;
    },
  });
  const done = [{ chunk: 3, from: 'h-2', bytes: 9, ms: 4 }];
  const wish = { done, failed: [], room: 4, waitMs: 0, holding: [1, 2], memoryOnly: false, leaving: false };
  const signal = new AbortController().signal;
  for (let i = 0; i < 2; i++) {
    const reply = await link.exchange('t1', wish, signal);
    assert.equal(reply.kind === 'known' && Object.keys(reply.peers).length, 200);
  }
  assert.deepEqual(told, Array(2).fill({ body: wish, type: 'application/json' }));
  assert.deepEqual(troubles, []);
});
