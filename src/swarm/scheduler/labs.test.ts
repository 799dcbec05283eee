import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chunkNames, floorMs, type LabPlan } from './simulation/plan.ts';
import { randomLab, type Trouble } from './simulation/random-lab.ts';
import { SimulatedLab } from './simulation/simulated-lab.ts';

const SEEDS = 100;
const SMALL = { hosts: 10, chunks: 40 };
const troubles: readonly Trouble[] = [
  'deaths',
  'liars',
  'walls',
  'slow',
  'late',
  'switches',
  'images',
  'drift',
];

/** A chunk from one host to the next, with three others beside it, through full ports. */
const hopMs = (plan: LabPlan): number =>
  4 * floorMs(1, plan.rate) + 4 * plan.queueMs + 2 * plan.roundTripMs + 40;

const slowestMs = (took: readonly (number | null)[]): number => Math.max(...took.map((ms) => ms ?? 0));

suite('small labs in virtual time, by the thousand', () => {
  test('equal hosts are done in the time of one and a few hops, and each chunk leaves the server once', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = randomLab(seed, 'none', SMALL);
      const chunks = plan.images['one']?.length ?? 0;
      const { tookMs, serverChunks } = new SimulatedLab(plan).run();
      const hops = (slowestMs(tookMs) - floorMs(chunks, plan.rate)) / hopMs(plan);
      assert.ok(hops < 5, `seed ${seed}: ${hops} hops more than one host alone`);
      assert.ok(serverChunks <= chunks + 13, `seed ${seed}: the server sent ${serverChunks} of ${chunks}`);
    }
  });

  for (const trouble of troubles) {
    test(`everybody gets his image: ${trouble}`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        // Throws when somebody is late, or is sent to who does not have the chunk.
        new SimulatedLab(randomLab(seed, trouble, SMALL)).run();
      }
    });
  }
});

suite('labs of the size of a room', () => {
  const wire = { roundTripMs: 5, queueMs: 30, latestMs: 1e6, rate: 1e8 } as const;
  const lab = { ...wire, seed: 5, images: { image: chunkNames(160) } };
  const floor = floorMs(160, wire.rate);

  test('16 hosts: not much longer than one', () => {
    const hosts = Array.from({ length: 16 }, () => ({}));
    const { tookMs, serverChunks } = new SimulatedLab({ ...lab, hosts }).run();
    assert.ok(slowestMs(tookMs) < 1.25 * floor, `${slowestMs(tookMs) / floor} times as long`);
    assert.ok(serverChunks <= 160 * 1.1, `the server sent ${serverChunks} of 160`);
  });

  test('two that die, a slow one and a liar do not hold up the others much', () => {
    const hosts = Array.from({ length: 16 }, (_, host) => {
      if (host < 2) return { diesAt: 6000 };
      if (host === 2) return { rate: 1e7 };
      return host === 3 ? { lies: 0.1 } : {};
    });
    const { tookMs } = new SimulatedLab({ ...lab, hosts }).run();
    const healthy = slowestMs(tookMs.slice(4));
    assert.ok(healthy < 1.4 * floor, `${healthy / floor} times as long`);
  });

  test('one copy of each chunk crosses the cable between two switches', () => {
    const hosts = Array.from({ length: 16 }, (_, host) => ({ groups: [host < 8 ? 'a' : 'b'] }));
    const uplinks = { a: wire.rate, b: wire.rate };
    const { tookMs } = new SimulatedLab({ ...lab, hosts, uplinks, serverGroup: 'a' }).run();
    assert.ok(slowestMs(tookMs) < 1.4 * floor, `${slowestMs(tookMs) / floor} times as long`);
  });

  test('who comes late needs hardly longer than alone', () => {
    const hosts = Array.from({ length: 16 }, (_, host) => (host === 0 ? { joinsAt: floor / 2 } : {}));
    const { tookMs } = new SimulatedLab({ ...lab, hosts }).run();
    assert.ok((tookMs[0] ?? 0) < 1.15 * floor, `${(tookMs[0] ?? 0) / floor} times as long`);
  });

  test('hosts that cannot reach each other get it no slower than each from the server', () => {
    const hosts = Array.from({ length: 4 }, () => ({ walled: 'both' as const }));
    const { tookMs } = new SimulatedLab({ ...lab, hosts }).run();
    assert.ok(slowestMs(tookMs) < 4.2 * floor, `${slowestMs(tookMs) / floor} times as long`);
  });
});
