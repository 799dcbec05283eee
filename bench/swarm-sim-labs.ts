import { chunkNames, floorMs, type HostPlan, type LabPlan } from '../src/swarm/index.ts';

/** A lab to simulate, and whose time counts. */
export interface SimulatedCase {
  readonly name: string;
  readonly plan: Omit<LabPlan, 'seed'>;
  /** Of the healthy hosts alone: the others have their own troubles. */
  readonly counts: (host: number) => boolean;
  readonly floorMs: number;
}

const MBIT = 1e6;
const SLOW = 10 * MBIT;
/** Of two hosts on the same switch, and what a full port of it adds. */
const WIRE = { roundTripMs: 5, queueMs: 30, latestMs: 4e6 } as const;

const many = (count: number, plan: (host: number) => HostPlan = () => ({})): HostPlan[] =>
  Array.from({ length: count }, (_, host) => plan(host));

function equal(name: string, hosts: number, chunks: number, rate: number, serverRate = rate): SimulatedCase {
  const images = { image: chunkNames(chunks) };
  // The queues of switches hold about as many bytes, whatever their speed.
  const queueMs = Math.min(WIRE.queueMs, (WIRE.queueMs * 100 * MBIT) / rate);
  const plan = { ...WIRE, queueMs, hosts: many(hosts), images, rate, serverRate };
  return { name, plan, counts: () => true, floorMs: floorMs(chunks, rate) };
}

const floor320 = floorMs(320, 100 * MBIT);
const image320 = { image: chunkNames(320) };

/** Two sites of 8, the server at the first one. */
function sites(name: string, counts: (host: number) => boolean, floor: number): SimulatedCase {
  const uplinks = { here: SLOW, there: SLOW };
  const hosts = many(16, (host) => ({ groups: [host < 8 ? 'here' : 'there'] }));
  const plan = { ...WIRE, images: image320, rate: 100 * MBIT, serverGroup: 'here', uplinks, hosts };
  return { name, plan, counts, floorMs: floor };
}

/** Those of the table in docs/swarm.md. */
export const simulatedCases: readonly SimulatedCase[] = [
  equal('1 host, 100 Mbit/s', 1, 320, 100 * MBIT),
  equal('4 hosts, 100 Mbit/s', 4, 320, 100 * MBIT),
  equal('16 hosts, 100 Mbit/s', 16, 320, 100 * MBIT),
  equal('30 hosts, 50 Mbit/s', 30, 320, 50 * MBIT),
  equal('30 hosts, 100 Mbit/s, 4 GiB', 30, 4096, 100 * MBIT),
  equal('30 hosts, 100 Mbit/s, server 1 Gbit/s', 30, 320, 100 * MBIT, 1000 * MBIT),
  equal('4 hosts, 1 Gbit/s, 4 GiB', 4, 4096, 1000 * MBIT),
  equal('200 hosts, 100 Mbit/s, 2 GiB', 200, 2048, 100 * MBIT),
  equal('500 hosts, 100 Mbit/s, 1 GiB', 500, 1024, 100 * MBIT),
  {
    name: '16 hosts: 2 die, 1 at a tenth, 1 lies in every tenth chunk',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      hosts: many(16, (host) => {
        if (host < 2) return { diesAt: 15_000 };
        if (host === 2) return { rate: 10 * MBIT };
        return host === 3 ? { lies: 0.1 } : {};
      }),
    },
    counts: (host) => host > 3,
    floorMs: floor320,
  },
  {
    name: '16 hosts on 2 switches, 100 Mbit/s between them',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      serverGroup: 'a',
      uplinks: { a: 100 * MBIT, b: 100 * MBIT },
      hosts: many(16, (host) => ({ groups: [host < 8 ? 'a' : 'b'] })),
    },
    counts: () => true,
    floorMs: floor320,
  },
  {
    name: '60 hosts on 3 switches, server on a 4th, 100 Mbit/s between them',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      uplinks: { a: 100 * MBIT, b: 100 * MBIT, c: 100 * MBIT },
      hosts: many(60, (host) => ({ groups: [['a', 'b', 'c'][host % 3] ?? 'a'] })),
    },
    counts: () => true,
    floorMs: floor320,
  },
  sites('2 sites of 8, 10 Mbit/s between them: where the server is', (host) => host < 8, floor320),
  sites('the same: beyond the cable (1 is one copy through it)', (host) => host >= 8, floorMs(320, SLOW)),
  {
    name: 'the last of 16 comes at half time (its own time)',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      hosts: many(16, (host) => (host === 15 ? { joinsAt: floor320 / 2 } : {})),
    },
    counts: (host) => host === 15,
    floorMs: floor320,
  },
  {
    name: '16 hosts, one of them behind a firewall (the others)',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      hosts: many(16, (host) => (host === 0 ? { walled: 'both' } : {})),
    },
    counts: (host) => host > 0,
    floorMs: floor320,
  },
  {
    name: '8 hosts that cannot reach each other (unicast is 8)',
    plan: {
      ...WIRE,
      images: image320,
      rate: 100 * MBIT,
      hosts: many(8, () => ({ walled: 'both' })),
    },
    counts: () => true,
    floorMs: floor320,
  },
];
