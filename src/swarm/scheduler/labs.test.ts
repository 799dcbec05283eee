import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chunkNames, floorMs, type HostPlan, type LabPlan } from './simulation/plan.ts';
import { randomLab, type Trouble } from './simulation/random-lab.ts';
import { SimulatedLab } from './simulation/simulated-lab.ts';

const SEEDS = 200;
const SMALL = { hosts: 9, chunks: 36 };
/** What each trouble may cost the hosts that have none: hops beyond one host alone, measured and a third more. */
const troubles: readonly (readonly [Trouble, number])[] = [
  ['deaths', 20],
  ['liars', 44],
  ['walls', 19],
  ['slow', 45],
  ['late', 6],
  ['images', 9],
  ['drift', 5],
  ['all', 13],
];

/** A chunk from one host to the next, with three others beside it, through full ports. */
const hopMs = (plan: LabPlan): number =>
  4 * floorMs(1, plan.rate) + 4 * plan.queueMs + 2 * plan.roundTripMs + 40;

const slowestMs = (took: readonly (number | null)[]): number => Math.max(...took.map((ms) => ms ?? 0));

const chunksOf = (plan: LabPlan): number => plan.images['one']?.length ?? 0;

const isWell = ({ rate, diskMs, diesAt, rebootsAt, lies, slanders, walled }: HostPlan): boolean =>
  [rate, diskMs, diesAt, rebootsAt, lies, slanders, walled].every((trouble) => trouble === undefined);

/** Distinct chunks that the hosts of a lab want. */
function distinct({ hosts, images }: LabPlan): number {
  return new Set(hosts.flatMap(({ image = 'one' }) => images[image] ?? [])).size;
}

suite('small labs in virtual time, by the thousand', () => {
  test('equal hosts are done in the time of one and a few hops, and each chunk leaves the server once', () => {
    let sent = 0;
    let wanted = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = randomLab(seed, 'none', SMALL);
      const chunks = chunksOf(plan);
      const { tookMs, serverChunks } = new SimulatedLab(plan).run();
      const hops = (slowestMs(tookMs) - floorMs(chunks, plan.rate)) / hopMs(plan);
      assert.ok(hops < 6, `seed ${seed}: ${hops} hops more than one host alone`);
      // At 20 Mbit/s who waits for his turn is taken for silent, as long as nobody knows how long a chunk takes.
      assert.ok(serverChunks <= chunks + 18, `seed ${seed}: the server sent ${serverChunks} of ${chunks}`);
      sent += serverChunks;
      wanted += chunks;
    }
    assert.ok(sent <= 1.05 * wanted, `the server sent ${sent / wanted} copies`);
  });

  for (const [trouble, most] of troubles) {
    test(`everybody gets his image, and who is well soon: ${trouble}`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const plan = randomLab(seed, trouble, SMALL);
        // Throws when somebody is late, or is sent to who does not have the chunk.
        const { tookMs, serverChunks } = new SimulatedLab(plan).run();
        const well = tookMs.filter((_, host) => isWell(plan.hosts[host] ?? {}));
        const hops = (slowestMs(well) - floorMs(chunksOf(plan), plan.rate)) / hopMs(plan);
        assert.ok(hops < most, `seed ${seed}: ${hops} hops more than one host alone`);
        const again = serverChunks - distinct(plan);
        if (trouble === 'images' || trouble === 'late' || trouble === 'drift')
          assert.ok(again <= 15, `seed ${seed}: the server sent ${again} chunks again`);
      }
    });
  }

  test('everybody gets his image: three switches, and a slow cable to one of them', () => {
    let crossed = 0;
    let wanted = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = randomLab(seed, 'switches', SMALL);
      const result = new SimulatedLab(plan).run();
      const chunks = chunksOf(plan);
      for (const group of ['a', 'b', 'c']) {
        const here = result.tookMs.filter((_, host) => plan.hosts[host]?.groups?.[0] === group);
        if (here.length === 0 || plan.serverGroup === group) continue;
        const copies = (result.crossed.get(group) ?? 0) / chunks;
        const floor = floorMs(chunks, Math.min(plan.rate, plan.uplinks?.[group] ?? plan.rate));
        const hops = (slowestMs(here) - floor) / hopMs(plan);
        assert.ok(hops < 19, `seed ${seed}: ${hops} hops more than the cable to ${group} needs`);
        assert.ok(copies < 1.8, `seed ${seed}: ${copies} copies crossed to ${group}`);
        crossed += copies;
        wanted++;
      }
      if (plan.serverGroup !== 'a') continue;
      const near = result.tookMs.filter((_, host) => plan.hosts[host]?.groups?.[0] === 'a');
      const hops = (slowestMs(near) - floorMs(chunks, plan.rate)) / hopMs(plan);
      assert.ok(hops < 9, `seed ${seed}: where the server is they waited for ${hops} hops`);
    }
    assert.ok(crossed <= 1.1 * wanted, `${crossed / wanted} copies crossed on the average`);
  });
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

  test('one copy of each chunk crosses the cable between two switches, and a slow one holds up nobody else', () => {
    for (const rate of [wire.rate, wire.rate / 10]) {
      const hosts = Array.from({ length: 16 }, (_, host) => ({ groups: [host < 8 ? 'a' : 'b'] }));
      const uplinks = { a: rate, b: rate };
      const plan = { ...lab, hosts, uplinks, serverGroup: 'a' };
      const { tookMs, crossed, serverChunks } = new SimulatedLab(plan).run();
      const far = slowestMs(tookMs.slice(8)) / floorMs(160, rate);
      const near = slowestMs(tookMs.slice(0, 8)) / floor;
      assert.ok(near < 1.35, `${near} times as long where the server is`);
      assert.ok(far < (rate === wire.rate ? 1.35 : 1.1), `${far} times as long beyond a cable of ${rate}`);
      assert.ok((crossed.get('b') ?? 0) <= 160 * 1.06, `${crossed.get('b')} of 160 crossed`);
      assert.ok(serverChunks <= 160 * 1.15, `the server sent ${serverChunks} of 160`);
    }
  });

  test('a host that leaves in the middle costs nobody else more than a second', () => {
    for (const [rate, chunks] of [
      [wire.rate, 160],
      [10 * wire.rate, 240],
    ] as const) {
      const images = { image: chunkNames(chunks) };
      for (const way of ['diesAt', 'rebootsAt'] as const) {
        const others = (share: number | null): number => {
          const leaves = share === null ? {} : { [way]: share * floorMs(chunks, rate) };
          const hosts = Array.from({ length: 16 }, (_, host) => (host === 5 ? leaves : {}));
          const { tookMs } = new SimulatedLab({ ...lab, images, rate, queueMs: 3e9 / rate, hosts }).run();
          return slowestMs(tookMs.toSpliced(5, 1));
        };
        const undisturbed = others(null);
        for (const share of rate === wire.rate ? [0.3, 0.7] : [0.5]) {
          const cost = others(share) - undisturbed;
          assert.ok(cost < 1000, `${way} ${share}: ${cost} ms`);
        }
      }
    }
  });

  test('a liar is named and asked no more; an honest host is not named', () => {
    const hosts = Array.from({ length: 16 }, (_, host) => (host === 3 ? { lies: 0.1 } : {}));
    const { verdicts } = new SimulatedLab({ ...lab, hosts }).run();
    const named = verdicts.filter(({ what }) => what === 'wrong').map(({ peer }) => peer);
    assert.deepEqual(named, ['h3']);
  });

  test('two images at once: what both have in common leaves the server once', () => {
    const common = chunkNames(80);
    const images = {
      one: [...common, ...chunkNames(80, 'one')],
      two: [...chunkNames(80, 'two'), ...common],
    };
    const hosts = Array.from({ length: 16 }, (_, host) => ({ image: host < 8 ? 'one' : 'two' }));
    const { tookMs, serverChunks } = new SimulatedLab({ ...lab, images, hosts }).run();
    assert.ok(serverChunks <= 240 * 1.1, `the server sent ${serverChunks} of 240`);
    // The server's line carries 240 chunks.
    assert.ok(slowestMs(tookMs) < 1.25 * floorMs(240, wire.rate), `${slowestMs(tookMs)} ms`);
  });

  test('500 hosts', () => {
    const hosts = Array.from({ length: 500 }, () => ({}));
    const images = { image: chunkNames(10) };
    const { serverChunks } = new SimulatedLab({ ...lab, images, hosts, latestMs: 20_000 }).run();
    // When all chunks are out its line is one of 501: it helps those that would wait.
    assert.ok(serverChunks <= 60, `the server sent ${serverChunks} of 10`);
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
