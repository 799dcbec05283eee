import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';
import type { RoundParts } from './round-parts.ts';
import {
  COUNT,
  Desk,
  inOrder,
  lives,
  partsFor,
  sorted,
  takeAll,
  until,
  wantedOf,
} from './swarm-round.fixture.ts';
import { SwarmRound } from './swarm-round.ts';

test('everything missing comes as it is assigned, once, and the server hears of each', async () => {
  const [desk, wanted] = [new Desk(), wantedOf()];
  const round = new SwarmRound(wanted, partsFor(desk));
  const taken = await takeAll(round, wanted);
  assert.deepEqual(sorted(taken), inOrder);
  await until(() => desk.done.size === COUNT - 3);
  await round.leave();
  assert.equal(desk.requests.at(-1)?.leaving, true, 'it says goodbye');
  assert.deepEqual(
    desk.joins.map((held) => Buffer.from(held, 'base64')[0]),
    [0b0000_0111],
  );
  assert.ok(desk.requests.every(({ room, holding }) => room === 0 || holding.length + room <= 64));
  assert.equal(round.needed, true);
});

test('a server that was started anew is joined again with what the disk holds by then', async () => {
  const [desk, wanted] = [new Desk(), wantedOf()];
  let restarts = 0;
  desk.mishap = () => {
    if (desk.done.size < 12 || restarts > 0) return null;
    restarts++;
    // It has forgotten what it gave out.
    desk.given = new Set();
    return { kind: 'unknown' };
  };
  const round = new SwarmRound(wanted, partsFor(desk));
  assert.deepEqual(sorted(await takeAll(round, wanted)), inOrder);
  await round.close();
  assert.equal(desk.joins.length, 2);
  const held = Buffer.from(desk.joins[1] ?? '', 'base64').reduce((sum, byte) => sum + bits(byte), 0);
  assert.ok(held >= 15, `${held} chunks were held`);
});

const bits = (byte: number): number => byte.toString(2).replaceAll('0', '').length;

test('where the server will not have it, all the rest comes from the server, in order', async () => {
  const refused = new MimeoError('not-allowed', 'This server has no swarm.');
  const asked: (string | null)[] = [];
  const over: Partial<RoundParts> = {
    join: () => Promise.reject(refused),
    fetchFrom: async ({ sources }) => {
      const from = sources[0] ?? null;
      asked.push(from);
      return { frame: Buffer.from('x'), from, ms: 1, failed: [] };
    },
  };
  const wanted = wantedOf();
  const parts = partsFor(new Desk(), over);
  const round = new SwarmRound(wanted, parts);
  assert.deepEqual(await takeAll(round, wanted), inOrder);
  assert.equal(round.needed, false);
  await round.close();
  assert.ok(asked.every((from) => from === null));
  assert.match(parts.lines.join(), /no neighbours: This server has no swarm/);
});

test('a host that is not let in begins alone, and takes part when it is', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [desk, wanted] = [new Desk(), wantedOf()];
  const letIn = Promise.withResolvers<void>();
  const asked: (string | null)[] = [];
  const round = new SwarmRound(
    wanted,
    partsFor(desk, {
      join: () => letIn.promise,
      fetchFrom: async ({ sources }) => {
        const from = sources[0] ?? null;
        asked.push(from);
        return { frame: Buffer.from('x'), from, ms: 1, failed: [] };
      },
    }),
  );
  const numbers = round.numbers(lives);
  const first = numbers.next();
  t.mock.timers.tick(2999);
  assert.equal(asked.length, 0);
  t.mock.timers.tick(1);
  assert.equal((await first).value, 3);
  letIn.resolve();
  t.mock.timers.reset();
  wanted.onSettled?.(3);
  for await (const chunk of numbers) wanted.onSettled?.(chunk);
  await round.close();
  assert.equal(asked.length, COUNT - 3);
  assert.ok(asked.includes('h-2'), 'in the end it took part');
  assert.deepEqual(new Set(asked.slice(0, 6)), new Set([null]));
});

test('what failed on the way is told, and what came wrong; a chunk that nobody has ends it', async () => {
  const [desk, wanted] = [new Desk(), wantedOf()];
  const silent = { from: 'h-9', why: 'silent' as const };
  const parts = partsFor(desk, {
    fetchFrom: async ({ chunk }) => {
      if (chunk === 20) throw new MimeoError('chunk-missing', 'Chunk 20 is not in the store.');
      return { frame: Buffer.from('f'), from: 'h-2', ms: 1, failed: chunk === 30 ? [silent] : [] };
    },
  });
  const round = new SwarmRound(wanted, parts);
  let first: number | null = null;
  await assert.rejects(
    async () => {
      for await (const chunk of round.numbers(lives)) {
        if (first === null) {
          first = chunk;
          assert.equal(round.wrong(chunk)?.from, 'h-2');
          round.replace(chunk, { frame: Buffer.from('right'), from: null, ms: 1 });
        }
        wanted.onSettled?.(chunk);
      }
    },
    { code: 'chunk-missing' },
  );
  await until(() => desk.requests.flatMap(({ failed }) => failed).length === 2);
  await round.close();
  assert.deepEqual(
    desk.requests.flatMap(({ failed }) => failed).toSorted((a, b) => a.chunk - b.chunk),
    [
      { chunk: 30, ...silent },
      { chunk: first ?? -1, from: 'h-2', why: 'wrong' },
    ].toSorted((a, b) => a.chunk - b.chunk),
  );
});

test('after a reply that cannot be understood it goes on alone, and later takes part again', async () => {
  const [desk, wanted] = [new Desk(), wantedOf()];
  const delays: number[] = [];
  const gate = Promise.withResolvers<void>();
  let exchanges = 0;
  const parts = partsFor(desk, {
    exchange: async (request) => {
      if (exchanges++ === 0) throw new MimeoError('agent-protocol', 'heldMs: too small');
      return desk.exchange(request);
    },
    clock: {
      ...systemClock,
      delay: async (ms, signal) => {
        if (ms < 5000) return systemClock.delay(ms, signal);
        delays.push(ms);
        await gate.promise;
      },
    },
  });
  const round = new SwarmRound(wanted, parts);
  const taken: number[] = [];
  for await (const chunk of round.numbers(lives)) {
    taken.push(chunk);
    if (taken.length === 5) {
      gate.resolve();
      await until(() => desk.joins.length === 2 && exchanges > 1);
    }
    wanted.onSettled?.(chunk);
  }
  await round.close();
  assert.deepEqual(
    taken.toSorted((a, b) => a - b),
    inOrder,
  );
  assert.deepEqual(delays.slice(0, 1), [5000]);
  assert.match(parts.lines.join(), /no neighbours: heldMs: too small/);
});

test('with a limit no more chunks are fetched at a time than it lets in within a second', async () => {
  for (const [hostRate, most] of [
    [2_500_000, 2],
    [1000, 1],
    [null, 6],
  ] as const) {
    const [desk, wanted] = [new Desk(), wantedOf()];
    let [now, peak] = [0, 0];
    const parts = partsFor(desk, {
      hostRate: () => hostRate,
      fetchFrom: async () => {
        peak = Math.max(peak, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        return { frame: Buffer.from('f'), from: 'h-2', ms: 1, failed: [] };
      },
    });
    const round = new SwarmRound(wanted, parts);
    await takeAll(round, wanted);
    await round.close();
    assert.ok(hostRate === null ? peak >= most : peak === most, `${peak} at a time`);
  }
});

test('a host that stays for others asks at once whether anybody needs it', async () => {
  const [desk, wanted] = [new Desk(), wantedOf()];
  const round = new SwarmRound(wanted, partsFor(desk));
  await takeAll(round, wanted);
  await until(() => desk.requests.flatMap(({ done }) => done).length === COUNT - 3);
  const before = desk.requests.length;
  const from = performance.now();
  round.stayForOthers();
  await until(() => desk.requests.length > before);
  assert.ok(performance.now() - from < 1500, 'not only with the next heartbeat');
  await round.close();
});

test('a host that is answered at once with nothing does not ask again at once', async () => {
  const desk = new Desk();
  desk.given = new Set(Array.from({ length: COUNT }, (_, chunk) => chunk));
  const waits: number[] = [];
  const enough = Promise.withResolvers<void>();
  const delay = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (ms > 0) waits.push(ms);
    if (waits.length === 3) enough.resolve();
    return turn(undefined, signal === undefined ? {} : { signal });
  };
  const wanted = wantedOf();
  const round = new SwarmRound(wanted, partsFor(desk, { clock: { ...systemClock, delay } }));
  const taken = takeAll(round, wanted);
  await enough.promise;
  const asked = desk.requests.filter(({ room }) => room > 0).length;
  await Promise.all([round.close(), assert.rejects(taken)]);
  assert.ok(asked <= 4, `asked ${asked} times in three waits`);
});
