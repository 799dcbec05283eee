import { chunkNames, type HostPlan, type LabPlan } from './plan.ts';
import { seeded } from './seeded.ts';

const MBIT = 1e6;

/** What `all` is made of, each host with one of them. */
const troubles: readonly Trouble[] = ['deaths', 'liars', 'walls', 'slow', 'late', 'images', 'drift'];

/** What may be wrong with the hosts of a random lab. */
export type Trouble =
  | 'none'
  | 'deaths'
  | 'liars'
  | 'walls'
  | 'slow'
  | 'late'
  | 'switches'
  | 'images'
  | 'drift'
  /** Each host has its own. */
  | 'all';

/** A small lab that is the same for the same seed. At least two hosts are well. */
export function randomLab(seed: number, trouble: Trouble, most = { hosts: 12, chunks: 60 }): LabPlan {
  const random = seeded(seed * 7919 + 1);
  const upTo = (count: number): number => Math.floor(random() * count);
  const rate = [20, 100, 1000][upTo(3)] ?? 100;
  const chunks = 20 + upTo(most.chunks - 19);
  const count = trouble === 'none' ? 1 + upTo(most.hosts) : 3 + upTo(most.hosts - 2);
  const msPerChunk = 8800 / rate;
  const names = chunkNames(chunks);
  const hosts = Array.from({ length: count }, (_, host): HostPlan => {
    if (host < 2 || random() < 0.5) return trouble === 'switches' ? { groups: ['a', 'a1'] } : {};
    return troubled(trouble, { random, chunks, msPerChunk, rate: rate * MBIT });
  });
  const other = [...names.slice(0, chunks >> 1), ...chunkNames(chunks >> 1, 'other')];
  return {
    seed,
    hosts,
    images: trouble === 'images' || trouble === 'all' ? { one: names, other } : { one: names },
    rate: rate * MBIT,
    serverRate: rate * MBIT * (random() < 0.2 ? 10 : 1),
    ...(trouble === 'switches' ? switched(rate * MBIT, random) : {}),
    roundTripMs: 1 + upTo(20),
    queueMs: upTo(40),
    latestMs: 30_000 + 40 * chunks * msPerChunk * (1 + count / 2),
  };
}

/** Three switches; a slow cable may lead to one of them. The server is at the first one, or apart. */
function switched(rate: number, random: () => number): Pick<LabPlan, 'uplinks' | 'serverGroup'> {
  const slower = [1, 0.5, 0.1][Math.floor(random() * 3)] ?? 1;
  return {
    uplinks: { a: rate, b: rate * slower, c: rate },
    serverGroup: random() < 0.7 ? 'a' : 'apart',
  };
}

function troubled(
  trouble: Trouble,
  lab: {
    readonly random: () => number;
    readonly chunks: number;
    readonly msPerChunk: number;
    readonly rate: number;
  },
): HostPlan {
  const { random, chunks, msPerChunk, rate } = lab;
  const when = random() * chunks * msPerChunk * 1.5;
  switch (trouble) {
    case 'none':
      return {};
    case 'deaths':
      return random() < 0.5 ? { diesAt: when } : { rebootsAt: when };
    case 'liars':
      return random() < 0.7 ? { lies: random() } : { slanders: true };
    case 'walls':
      return { walled: (['in', 'out', 'both'] as const)[Math.floor(random() * 3)] ?? 'in' };
    case 'slow':
      return random() < 0.5 ? { rate: rate / 10 } : { diskMs: msPerChunk * 8 };
    case 'late':
      return { joinsAt: when, ringChunks: Math.floor(random() * 20) };
    case 'switches':
      return {
        groups:
          [
            ['b', 'b1'],
            ['b', 'b2'],
            ['c', 'c1'],
            ['a', 'a2'],
          ][Math.floor(random() * 4)] ?? [],
      };
    case 'images':
      return { image: 'other' };
    case 'all':
      return troubled(troubles[Math.floor(random() * troubles.length)] ?? 'none', lab);
    case 'drift': {
      const share = random();
      return { holds: (chunk) => (chunk * 37) % 100 < share * 100 };
    }
  }
}
