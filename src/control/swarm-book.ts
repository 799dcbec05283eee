/** Bytes that one machine had from another. */
export interface Flow {
  /** A host's id; null is the server. */
  readonly from: string | null;
  readonly to: string;
  readonly bytes: number;
  readonly chunks: number;
}

/** What crossed the network for one host. */
export interface HostFlow {
  readonly hostId: string;
  readonly fromServer: number;
  readonly fromPeers: number;
  readonly sent: number;
  /** Received bytes per second, one number for each `SAMPLE_MS`, the newest last. */
  readonly rates: number[];
}

/** What crossed the network for one order. */
export interface SwarmTraffic {
  readonly serverBytes: number;
  readonly peerBytes: number;
  /** Milliseconds between two of a host's rates. */
  readonly sampleMs: number;
  readonly hosts: HostFlow[];
  readonly flows: Flow[];
  /** Hosts that others cannot be sent to, in words; the first one said first. */
  readonly remarks: Remark[];
}

/** What a technician should know of a host. */
export interface Remark {
  readonly hostId: string;
  readonly words: string;
}

export const SAMPLE_MS = 2000;
/** Ten minutes of a host's rate. */
const SAMPLES = 300;
/** Remarks on an order that are remembered: a lab in which everything is wrong says so in fewer. */
const REMARKS = 200;
/** Orders whose traffic is remembered. */
const ORDERS = 20;

interface HostCount {
  fromServer: number;
  fromPeers: number;
  sent: number;
  readonly samples: number[];
  /** The number of the newest sample's time slice. */
  slice: number;
}

interface OrderCount {
  readonly hosts: Map<string, HostCount>;
  /** to → from ('' is the server) → bytes and chunks */
  readonly flows: Map<string, Map<string, { bytes: number; chunks: number }>>;
  readonly remarks: Remark[];
}

/** Who had how much from whom, by deployment; in memory only. */
export class SwarmBook {
  readonly #orders = new Map<string, OrderCount>();

  /** A chunk has reached a host's disk. `now` is in milliseconds that never jump. */
  record(
    deploymentId: string,
    flow: { readonly from: string | null; readonly to: string; readonly bytes: number },
    now: number,
  ): void {
    const order = this.#order(deploymentId);
    const to = hostOf(order, flow.to);
    if (flow.from === null) to.fromServer += flow.bytes;
    else {
      to.fromPeers += flow.bytes;
      hostOf(order, flow.from).sent += flow.bytes;
    }
    sample(to, flow.bytes, now);
    const sources = order.flows.get(flow.to) ?? new Map<string, { bytes: number; chunks: number }>();
    order.flows.set(flow.to, sources);
    const count = sources.get(flow.from ?? '') ?? { bytes: 0, chunks: 0 };
    sources.set(flow.from ?? '', count);
    count.bytes += flow.bytes;
    count.chunks++;
  }

  /** A host was found wanting; the same of the same host is said once. */
  remark(deploymentId: string, { hostId, words }: Remark): void {
    const { remarks } = this.#order(deploymentId);
    if (remarks.length >= REMARKS) return;
    if (!remarks.some((one) => one.hostId === hostId && one.words === words)) remarks.push({ hostId, words });
  }

  /** The traffic of a deployment so far; nothing when none was counted. */
  traffic(deploymentId: string, now: number): SwarmTraffic {
    const order = this.#orders.get(deploymentId) ?? newOrder();
    const hosts = [...order.hosts].map(([hostId, host]): HostFlow => {
      // A host that gets nothing any more has samples of nothing since.
      sample(host, 0, now);
      const { fromServer, fromPeers, sent } = host;
      const rates = host.samples.map((bytes) => (bytes * 1000) / SAMPLE_MS);
      return { hostId, fromServer, fromPeers, sent, rates };
    });
    const flows = [...order.flows].flatMap(([to, sources]) =>
      [...sources].map(([from, count]): Flow => ({ from: from === '' ? null : from, to, ...count })),
    );
    const sum = (of: (host: HostFlow) => number): number => hosts.reduce((all, host) => all + of(host), 0);
    return {
      serverBytes: sum(({ fromServer }) => fromServer),
      peerBytes: sum(({ fromPeers }) => fromPeers),
      sampleMs: SAMPLE_MS,
      hosts,
      flows,
      remarks: [...order.remarks],
    };
  }

  #order(id: string): OrderCount {
    const found = this.#orders.get(id);
    if (found !== undefined) return found;
    const order = newOrder();
    this.#orders.set(id, order);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > ORDERS && oldest !== undefined) this.#orders.delete(oldest);
    return order;
  }
}

function newOrder(): OrderCount {
  return { hosts: new Map(), flows: new Map(), remarks: [] };
}

function hostOf(order: OrderCount, id: string): HostCount {
  const found = order.hosts.get(id);
  if (found !== undefined) return found;
  const host: HostCount = { fromServer: 0, fromPeers: 0, sent: 0, samples: [], slice: 0 };
  order.hosts.set(id, host);
  return host;
}

/** Counts bytes in the time slice of `now`; slices in which nothing came are zeros. */
function sample(host: HostCount, bytes: number, now: number): void {
  const slice = Math.floor(now / SAMPLE_MS);
  const missed = host.samples.length === 0 ? 1 : Math.min(SAMPLES, slice - host.slice);
  for (let i = 0; i < missed; i++) host.samples.push(0);
  if (missed > 0) host.slice = slice;
  if (host.samples.length > SAMPLES) host.samples.splice(0, host.samples.length - SAMPLES);
  host.samples.push((host.samples.pop() ?? 0) + bytes);
}
