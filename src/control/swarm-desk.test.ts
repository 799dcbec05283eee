import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { CHUNK_BYTES, ChunkList, ChunkTableBuilder, chunkIdOf, fullMask } from '../image/index.ts';
import type { ExchangeRequest, JoinRequest } from '../protocol/index.ts';
import { agreeSecret, newKeyPair, pairKey, Scheduler, sealPairKey } from '../swarm/index.ts';
import { SwarmBook } from './swarm-book.ts';
import { SwarmDesk } from './swarm-desk.ts';

const COUNT = 20;
const lives = new AbortController().signal;
const keys = newKeyPair();
const ids = Array.from({ length: COUNT }, (_, i) => chunkIdOf(Buffer.from(`${i}`)));

function listOf(): ChunkList {
  const builder = new ChunkTableBuilder();
  for (const id of ids) builder.append(id, fullMask(), 9);
  const bootCode = new Uint8Array(440);
  return ChunkList.of({
    layout: { table: 'mbr', diskBytes: 0, sectorBytes: 512, diskId: '', bootCode, partitions: [] },
    regions: [
      {
        ...{ kind: 'partition', partition: 1, filesystem: 'raw', label: '', startByte: 0 },
        lengthBytes: COUNT * CHUNK_BYTES,
        chunks: builder.build(),
      },
    ],
  });
}

interface Told {
  readonly words: string;
  readonly hostId: string | null | undefined;
}

/** A desk whose hosts all have a deploy task `t-<host>`, in virtual time as far as it asks for it. */
function deskOf(t: TestContext) {
  const told: Told[] = [];
  /** Another task for a host. */
  const other = new Map<string, { readonly id: string }>();
  const clock = { ...systemClock, ahead: 0, monotonic: () => performance.now() + clock.ahead };
  const desk = new SwarmDesk({
    scheduler: new Scheduler(),
    lists: { of: async () => ({ key: 'image@1/0', list: listOf() }) },
    images: {
      taskOf: async (hostId) => ({
        ...{ deployment_id: 'd-1', image: 'image', version: 1 },
        state: { kind: hostId === 'capturing' ? 'capture' : 'deploy' },
      }),
    },
    directory: { get: async () => ({ lab: 'Room 12' }) },
    tasks: {
      deployment: async () => ({
        ...{ id: 'd-1', kind: 'deploy', ordered_by: '', created_at: 0, opens_until: null },
        network: { limit: null, hostLimit: 5_000_000, lingerSeconds: 30 },
      }),
    },
    board: { ofHost: (hostId) => other.get(hostId) ?? { id: `t-${hostId}` } },
    book: new SwarmBook(),
    hub: { publish: async (_topic, { words, hostId }) => void told.push({ words, hostId }) },
    clock,
    busy: () => 0,
    onFault: (error) => assert.fail(String(error)),
  });
  desk.start();
  t.after(() => desk.stop());
  return { desk, told, clock, other };
}

const bitmap = (held: readonly number[]): string => {
  const bits = Buffer.alloc(Math.ceil(COUNT / 8));
  for (const chunk of held) bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
  return bits.toString('base64');
};
const joinOf = (over: Partial<JoinRequest> = {}): JoinRequest => ({
  ...{ disk: 0, unwritten: [], chunks: COUNT, held: bitmap([]), port: 4000, ringBytes: 64 * CHUNK_BYTES },
  publicKey: keys.publicKey,
  ...over,
});
const askOf = (over: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  ...{ done: [], failed: [], room: 8, waitMs: 0, holding: [], memoryOnly: false, leaving: false },
  ...over,
});
const all = Array.from({ length: COUNT }, (_, i) => i);

test('what one host has another is sent to it for, with a key that only those two can have', async (t) => {
  const { desk } = deskOf(t);
  const joined = await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  assert.deepEqual([joined.hostRate, joined.lingerSeconds], [5_000_000, 30]);
  const asked = await desk.join('b', 't-b', '::ffff:10.1.2.4', joinOf());
  const reply = await desk.exchange('b', 't-b', askOf(), lives);
  assert.ok(reply.kind === 'known' && reply.assignments.length > 0);
  assert.deepEqual(Object.keys(reply.peers), ['a']);
  const { address, port, key = '', expires = 0 } = reply.peers['a'] ?? {};
  assert.deepEqual([address, port], ['10.1.2.3', 4000]);
  const [own, others] = [asked, joined].map(({ publicKey }, i) =>
    agreeSecret(keys, publicKey, i === 0 ? 'b t-b' : 'a t-a'),
  );
  assert.ok(own && others);
  const opened = sealPairKey(own, 'a', expires, Buffer.from(key, 'base64url'));
  assert.deepEqual(opened, pairKey(others, { address: '10.1.2.4', expires }));
  for (const { sources } of reply.assignments)
    assert.deepEqual(sources, ['a', null], 'the server is the last resort');
});

test('a host that waits is given what becomes known meanwhile, at once', async (t) => {
  const { desk } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf());
  await desk.join('b', 't-b', '10.1.2.4', joinOf());
  const take = async (host: string): Promise<number[]> => {
    const holding: number[] = [];
    for (;;) {
      const reply = await desk.exchange(host, `t-${host}`, askOf({ room: 1, holding }), lives);
      assert.ok(reply.kind === 'known');
      if (reply.assignments.length === 0) return holding;
      holding.push(...reply.assignments.map(({ chunk }) => chunk));
    }
  };
  // The server sends to both what its line carries; then they wait.
  const [first, second] = [await take('a'), await take('b')];
  assert.ok(first.length + second.length < COUNT);
  const ask = askOf({ room: 1, holding: second, waitMs: 30_000 });
  const waiting = desk.exchange('b', 't-b', ask, lives);
  const done = first.map((chunk) => ({ chunk, from: null, bytes: 9, ms: 5 }));
  const told = await desk.exchange('a', 't-a', askOf({ room: 0, done }), lives);
  assert.ok(told.kind === 'known' && told.needed, 'somebody lacks what it has');
  const reply = await waiting;
  assert.ok(reply.kind === 'known' && reply.heldMs > 0);
  assert.equal(reply.assignments.length, 1);
  assert.equal(desk.traffic('d-1').serverBytes, 9 * first.length);
});

test('a host that has everything stays for others until there is another task for it', async (t) => {
  const { desk, other } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  await desk.join('b', 't-b', '10.1.2.4', joinOf());
  const needed = async (host: string): Promise<boolean> => {
    const reply = await desk.exchange(host, `t-${host}`, askOf({ room: 0 }), lives);
    return reply.kind === 'known' && reply.needed;
  };
  assert.equal(await needed('a'), true);
  other.set('a', { id: 't-a' });
  assert.equal(await needed('a'), true, 'its own task is not over');
  other.set('a', { id: 't-next' });
  assert.equal(await needed('a'), false);
  await desk.join('c', 't-c', '10.1.2.5', joinOf());
  other.set('b', { id: 't-next' });
  assert.equal(await needed('b'), true, 'it has not got everything yet');
});

test('only what belongs together takes part', async (t) => {
  const { desk } = deskOf(t);
  const join = (host: string, over: Partial<JoinRequest>) =>
    desk.join(host, `t-${host}`, '10.1.2.3', joinOf(over));
  await assert.rejects(join('a', { chunks: COUNT + 1 }), {
    code: 'request-invalid',
    message: /has 20 chunks/,
  });
  await assert.rejects(join('a', { held: '' }), { code: 'request-invalid' });
  await assert.rejects(join('capturing', {}), { code: 'not-allowed' });
  await assert.rejects(join('a', { publicKey: 'A'.repeat(43) }), { code: 'agent-protocol' });
  assert.deepEqual(await desk.exchange('a', 't-a', askOf(), lives), { kind: 'unknown' });
  await join('a', {});
  assert.deepEqual(await desk.exchange('a', 't-other', askOf(), lives), { kind: 'unknown' });
  const odd = { chunk: 4_000_000_000, from: 'nobody', bytes: 5, ms: 1 };
  const reply = await desk.exchange('a', 't-a', askOf({ room: 0, done: [odd] }), lives);
  assert.equal(reply.kind, 'known');
  assert.equal(desk.traffic('d-1').peerBytes, 0, 'a chunk that is none is not counted');
});

test('a host that has fallen silent is not sent to any more, and may come back', async (t) => {
  const { desk, clock } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  clock.ahead += 7000;
  await desk.join('b', 't-b', '10.1.2.4', joinOf());
  // The desk looks once a second.
  await systemClock.delay(1200);
  assert.deepEqual(await desk.exchange('a', 't-a', askOf(), lives), { kind: 'unknown' });
  const reply = await desk.exchange('b', 't-b', askOf(), lives);
  assert.ok(reply.kind === 'known' && reply.assignments.every(({ sources }) => sources[0] === null));
});

test('a host that says goodbye is not sent to any more', async (t) => {
  const { desk } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  await desk.join('b', 't-b', '10.1.2.4', joinOf());
  await desk.exchange('a', 't-a', askOf({ room: 0, leaving: true }), lives);
  assert.deepEqual(await desk.exchange('a', 't-a', askOf(), lives), { kind: 'unknown' });
  const reply = await desk.exchange('b', 't-b', askOf(), lives);
  assert.ok(reply.kind === 'known' && reply.assignments.every(({ sources }) => sources[0] === null));
});

test('a liar is named to the technicians, once', async (t) => {
  const { desk, told } = deskOf(t);
  await desk.join('liar', 't-liar', '10.1.2.3', joinOf({ held: bitmap(all) }));
  for (const host of ['b', 'c', 'd']) {
    await desk.join(host, `t-${host}`, '10.1.2.4', joinOf());
    const given = await desk.exchange(host, `t-${host}`, askOf({ room: 3 }), lives);
    const assigned = given.kind === 'known' ? given.assignments : [];
    const failed = assigned.map(({ chunk }) => ({ chunk, from: 'liar', why: 'wrong' as const }));
    await desk.exchange(host, `t-${host}`, askOf({ room: 0, failed }), lives);
  }
  assert.equal(told.length, 1);
  assert.match(told[0]?.words ?? '', /^\d neighbours got damaged chunks from it/);
  assert.equal(told[0]?.hostId, 'liar');
});

test('a host has one question that waits: the next one ends it', async (t) => {
  const { desk } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  const ask = (): Promise<unknown> => desk.exchange('a', 't-a', askOf({ waitMs: 30_000 }), lives);
  const earlier = [ask(), ask(), ask()];
  const last = ask();
  for (const reply of await Promise.all(earlier)) assert.partialDeepStrictEqual(reply, { assignments: [] });
  assert.equal(await Promise.race([last, systemClock.delay(50).then(() => 'waits')]), 'waits');
});

test('a host whose task has ended is given nothing any more', async (t) => {
  const { desk, other } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  await desk.join('b', 't-b', '10.1.2.4', joinOf());
  other.set('b', { id: 't-next' });
  const reply = await desk.exchange('b', 't-b', askOf({ waitMs: 30_000 }), lives);
  assert.partialDeepStrictEqual(reply, { kind: 'known', assignments: [], peers: {} });
  assert.equal(reply.kind === 'known' && reply.assignments.length, 0);
  other.delete('b');
  const open = await desk.exchange('b', 't-b', askOf(), lives);
  assert.ok(open.kind === 'known' && open.assignments.length > 0);
});

test('a host that calls from another address joins again, so that others find it', async (t) => {
  const { desk } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf());
  desk.calledFrom('a', '10.1.2.3');
  assert.equal((await desk.exchange('a', 't-a', askOf({ room: 0 }), lives)).kind, 'known');
  desk.calledFrom('a', '10.1.2.9');
  assert.equal((await desk.exchange('a', 't-a', askOf({ room: 0 }), lives)).kind, 'unknown');
});

test('tickets know nothing of the day: hosts that joined before and after the clock was set back agree', async (t) => {
  const { desk, clock } = deskOf(t);
  const before = await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  clock.now = () => Date.now() - 86_400_000;
  const after = await desk.join('b', 't-b', '10.1.2.4', joinOf());
  assert.ok(Math.abs(after.ticketNow - before.ticketNow) < 5000);
  const reply = await desk.exchange('b', 't-b', askOf(), lives);
  const { expires = 0 } = reply.kind === 'known' ? (reply.peers['a'] ?? {}) : {};
  assert.ok(expires > before.ticketNow + 100_000 && expires < before.ticketNow + 250_000);
});

test('what comes and goes is said once for each time that a host takes part', async (t) => {
  const { desk, told, clock } = deskOf(t);
  await desk.join('flaky', 't-flaky', '10.1.2.3', joinOf({ held: bitmap(all) }));
  const hosts = ['b', 'c'];
  for (const host of hosts) await desk.join(host, `t-${host}`, '10.1.2.4', joinOf());
  for (let round = 0; round < 3; round++) {
    for (const host of hosts) {
      const given = await desk.exchange(host, `t-${host}`, askOf({ room: 2 }), lives);
      const [first, second] = given.kind === 'known' ? given.assignments : [];
      assert.ok(first && second && first.sources[0] === 'flaky', `${host} is not sent to it`);
      const done = [{ chunk: second.chunk, from: 'flaky', bytes: 9, ms: 5 }];
      const failed = [{ chunk: first.chunk, from: 'flaky', why: 'silent' as const }];
      await desk.exchange(host, `t-${host}`, askOf({ room: 0, failed }), lives);
      clock.ahead += 3000;
      if (host === 'c') await desk.exchange(host, `t-${host}`, askOf({ room: 0, done }), lives);
    }
  }
  assert.equal(told.filter(({ hostId }) => hostId === 'flaky').length, 1);
});

test('nobody waits for a desk that is stopped', async (t) => {
  const { desk } = deskOf(t);
  await desk.join('a', 't-a', '10.1.2.3', joinOf({ held: bitmap(all) }));
  const waiting = desk.exchange('a', 't-a', askOf({ waitMs: 30_000 }), lives);
  desk.stop();
  assert.equal((await waiting).kind, 'known');
});
