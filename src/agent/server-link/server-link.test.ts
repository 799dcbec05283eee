import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Clock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';
import { settingsOfOrder } from '../../personalise/index.ts';
import type { Work } from '../../protocol/index.ts';
import type { Inventory } from '../discover/inventory.ts';
import { ContractServer, type ContractServerScript, problem } from '../testing/contract-server.ts';
import { ServerLink } from './server-link.ts';

const inventory: Inventory = {
  uuid: null,
  serial: null,
  manufacturer: null,
  product: null,
  macs: [{ name: 'eth0', mac: '52:54:00:00:00:01', speedMbit: 1000, link: true, booted: true }],
  disks: [],
  memoryBytes: 1,
  cpus: 1,
  firmware: 'bios',
  driverless: [],
};
const ID = 'a'.repeat(64);

/** Time that passes at once, so that backing off costs none. */
function quickClock(onDelay: () => Promise<void> = async () => undefined): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    async delay(ms) {
      time += ms;
      await onDelay();
    },
  };
}

async function setUp(t: TestContext, script: ContractServerScript, clock = quickClock()) {
  const server = new ContractServer(script);
  await server.start();
  const troubles: (number | null)[] = [];
  const link = new ServerLink({
    server: new URL(server.url),
    introduce: async () => ({ bootNonce: 'n1', inventory, uptimeSeconds: 12 }),
    onHello: () => undefined,
    onTrouble: (trouble) => troubles.push(trouble === null ? null : trouble.seconds),
    clock,
    random: () => 0,
  });
  t.after(async () => {
    link.close();
    await server.stop();
  });
  return { server, link, troubles };
}

const signal = (): AbortSignal => new AbortController().signal;

test('says hello once, however many calls wait for it, and then uses the token', async (t) => {
  const { server, link } = await setUp(t, { getChunk: async () => Buffer.from('frame') });
  const frames = await Promise.all([1, 2, 3].map(() => link.fetchChunk('t1', ID, signal())));
  assert.deepEqual(frames.map(String), ['frame', 'frame', 'frame']);
  assert.equal(server.hellos.length, 1);
  assert.equal(server.hellos[0]?.bootNonce, 'n1');
  assert.equal(server.hellos[0]?.inventory.macs[0]?.mac, '52:54:00:00:00:01');
});

test('says hello again when its token is no longer known', async (t) => {
  const { server, link } = await setUp(t, {});
  assert.equal((await link.work(signal())).kind, 'idle');
  server.token = 'token-2';
  assert.equal((await link.work(signal())).kind, 'idle');
  assert.equal(server.hellos.length, 2);
});

test('goes on trying while the server is away, and tells so', async (t) => {
  let delays = 0;
  const clock = quickClock(async () => {
    delays++;
    if (delays === 4) await setup.server.start();
  });
  const setup = await setUp(t, {}, clock);
  await setup.link.hello(signal());
  await setup.server.stop();
  assert.equal((await setup.link.work(signal())).kind, 'idle');
  assert.deepEqual(setup.troubles, [0, 1, 2, null]);
});

test('a reply cut in the middle is asked for again', async (t) => {
  let cuts = 2;
  const { link } = await setUp(t, {
    getChunk: async () => Buffer.alloc(100_000, 7),
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/') || cuts-- <= 0) return false;
      response.writeHead(200, { 'content-length': 100_000 });
      response.write(Buffer.alloc(50_000), () => response.destroy());
      return true;
    },
  });
  const frame = await link.fetchChunk('t1', ID, signal());
  assert.ok(frame.equals(Buffer.alloc(100_000, 7)));
});

test('a permanent refusal is thrown at once with the words of the server', async (t) => {
  const { link, server } = await setUp(t, {
    putChunk: async () => undefined,
    intercept: (request, response) => {
      if (!request.url?.includes('/chunks/')) return false;
      request.resume();
      problem(response, 507, 'store-full', 'The data disk of the server is full.');
      return true;
    },
  });
  await assert.rejects(link.putChunk('t1', ID, Buffer.from('x'), signal()), (error) => {
    assert.ok(error instanceof MimeoError);
    assert.equal(error.message, 'The data disk of the server is full.');
    assert.equal(error.next, 'Do something about it.');
    assert.equal(error.code, 'store-full');
    return true;
  });
  assert.equal(server.calls.filter((call) => call.includes('/chunks/')).length, 1);
});

test('a server that is restarting (503) is asked again', async (t) => {
  let refusals = 3;
  const { link } = await setUp(t, {
    intercept: (request, response) => {
      if (request.url === '/agent/v1/hello' || refusals-- <= 0) return false;
      problem(response, 503, 'starting', 'The server is starting.');
      return true;
    },
  });
  assert.equal((await link.work(signal())).kind, 'idle');
});

test('an order may carry megabytes of .reg files, and no reply is taken without end', async (t) => {
  const content = Buffer.alloc(4 * 1_048_576, 'Windows Registry Editor').toString('base64');
  let padding = 0;
  const { link } = await setUp(t, {
    intercept: (request, response) => {
      if (request.url?.startsWith('/agent/v1/work') !== true) return false;
      response.end(JSON.stringify({ ...order(content), padding: ' '.repeat(padding) }));
      return true;
    },
  });
  const work = await link.work(signal());
  assert.equal(work.kind === 'deploy' && work.personalise?.registryFiles[0]?.content, content);
  padding = 16 * 1_048_576;
  await assert.rejects(link.work(signal()), { code: 'server-reply', message: /more than 16777216 bytes/ });
});

test('an unknown kind of work is a reply that is not understood', async (t) => {
  const { link } = await setUp(t, {
    intercept: (request, response) => {
      if (request.url?.startsWith('/agent/v1/work') !== true) return false;
      response.end('{"kind":"dance"}');
      return true;
    },
  });
  await assert.rejects(link.work(signal()), { code: 'server-reply' });
});

test('an aborted call ends with the reason, also while it is being retried', async (t) => {
  const { link, server } = await setUp(t, { work: () => new Promise(() => undefined) });
  await link.hello(signal());
  const controller = new AbortController();
  const call = link.work(controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(call, /enough/);

  await server.stop();
  const stop = new AbortController();
  const retried = link.work(stop.signal);
  setImmediate(() => stop.abort(new Error('enough of that')));
  await assert.rejects(retried, /enough of that/);
});

test('a call that is given up while the server is away leaves no trouble behind', async (t) => {
  const stop = new AbortController();
  let delays = 0;
  const clock = quickClock(async () => {
    if (++delays === 3) stop.abort(new Error('cancelled'));
  });
  const { link, server, troubles } = await setUp(t, {}, clock);
  await link.hello(signal());
  await server.stop();
  await assert.rejects(link.work(stop.signal), /cancelled/);
  assert.deepEqual(troubles, [0, 1, null]);
});

/** A deploy order with one .reg file. */
function order(content: string): Work {
  return {
    kind: 'deploy',
    taskId: 't1',
    attempt: 1,
    host: { name: 'PC-1', lab: null },
    image: { name: 'xp', version: 1 },
    disk: null,
    keep: [],
    grow: 'auto',
    personalise: settingsOfOrder({
      computerName: 'PC-1',
      fields: {},
      registryFiles: [{ name: 'a.reg', content }],
    }),
    after: 'reboot',
  };
}
