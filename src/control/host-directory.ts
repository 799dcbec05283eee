import type { Clock } from '../clock.ts';
import type { HostRepository, HostRow } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import { type Identity, type Inventory, matchHost, parseMac } from '../fleet/index.ts';
import type { EventHub } from './event-hub.ts';
import { newId } from './random.ts';

/** Machines that nobody named: anybody on the wire can make one up, so there is an end to them. */
const MAX_UNKNOWN = 5000;

/** What little a machine says of itself before its agent runs. */
export interface FirstSight {
  readonly mac: string;
  readonly uuid: string | null;
  readonly serial: string | null;
}

type Sight = Pick<Inventory, 'uuid' | 'serial'> & { readonly macs: readonly { readonly mac: string }[] };

/** Who is who: every host the server has met or been told of. */
export class HostDirectory {
  readonly #hosts: HostRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: { hosts: HostRepository; hub: EventHub; clock: Clock }) {
    this.#hosts = ports.hosts;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  async all(): Promise<HostRow[]> {
    return this.#hosts.all();
  }

  async get(id: string): Promise<HostRow> {
    const host = await this.#hosts.get(id);
    if (host === null) throw unknownHost(id, []);
    return host;
  }

  /**
   * The host that a person means: its id, its name (in any case) or one of its MACs.
   *
   * @throws MimeoError `host-missing`; `host-ambiguous` when a MAC has been seen on several
   */
  async find(reference: string): Promise<HostRow> {
    const hosts = await this.#hosts.all();
    const lower = reference.toLowerCase();
    const mac = parseMac(reference);
    const found = hosts.filter(
      (host) =>
        host.id === lower || host.name?.toLowerCase() === lower || (mac !== null && host.macs.includes(mac)),
    );
    const [host] = found;
    if (host === undefined) throw unknownHost(reference, hosts);
    if (found.length > 1) {
      const names = found.map((one) => one.name ?? one.id).join(', ');
      throw new MimeoError('host-ambiguous', `${reference} has been seen on several hosts: ${names}.`);
    }
    return host;
  }

  /** The host with this MAC if exactly one has it. */
  async byMac(mac: string): Promise<HostRow | null> {
    const [id, ...others] = await this.#hosts.idsByMac(mac);
    return id === undefined || others.length > 0 ? null : this.#hosts.get(id);
  }

  /** A machine asks for its boot script: the host it is, made new when nobody knows it. */
  async meet(sight: FirstSight): Promise<HostRow> {
    return this.#recognise({ uuid: sight.uuid, serial: sight.serial, macs: [{ mac: sight.mac }] }, sight.mac);
  }

  /** An agent said hello with everything it knows of its machine. */
  async meetAgent(inventory: Inventory): Promise<HostRow> {
    const booted = inventory.macs.find((card) => card.booted) ?? inventory.macs[0];
    if (booted === undefined) throw new MimeoError('inventory-empty', 'The agent named no network card.');
    const host = await this.#recognise(inventory, booted.mac);
    const at = this.#clock.now();
    await this.#hosts.update(host.id, {
      uuid: inventory.uuid ?? host.uuid,
      serial: inventory.serial ?? host.serial,
      inventory: JSON.stringify(inventory),
    });
    for (const card of inventory.macs) {
      if (card.mac !== booted.mac) await this.#hosts.addMac(host.id, card.mac, at);
    }
    // Last, so that the card it boots over is the newest and shown first.
    await this.#hosts.addMac(host.id, booted.mac, at + 1);
    return this.get(host.id);
  }

  async update(id: string, values: Parameters<HostRepository['update']>[1]): Promise<void> {
    await this.#hosts.update(id, values);
  }

  /** One machine after the other: two questions of one new machine must not make two hosts. */
  #recognise(sight: Sight, mac: string): Promise<HostRow> {
    const recognised = this.#queue.then(() => this.#identify(sight, mac));
    this.#queue = recognised.catch(() => undefined);
    return recognised;
  }

  async #identify(sight: Sight, mac: string): Promise<HostRow> {
    const at = this.#clock.now();
    const known = await this.#hosts.all();
    const match = matchHost(sight, known satisfies Identity[]);
    if (match.kind === 'known') {
      await this.#hosts.update(match.hostId, { last_seen: at, conflict: null });
      await this.#hosts.addMac(match.hostId, mac, at);
      return this.get(match.hostId);
    }
    const conflict = match.kind === 'conflict' ? match.words : null;
    if (conflict !== null) {
      // The same doubtful machine comes back: it keeps the record it was given when the doubt arose.
      const doubtful = known.find((host) => host.conflict !== null && host.macs.includes(mac));
      if (doubtful) {
        await this.#hosts.update(doubtful.id, { last_seen: at, conflict });
        return this.get(doubtful.id);
      }
    }
    if (known.filter((host) => host.known === 0).length >= MAX_UNKNOWN) {
      throw new MimeoError(
        'too-many-unknown',
        `More than ${MAX_UNKNOWN} unknown machines have asked to boot.`,
      );
    }
    const id = newId('h');
    const { uuid, serial } = sight;
    await this.#hosts.insert({ id, at, macs: [mac], uuid, serial, conflict, last_seen: at });
    await this.#hub.publish('host', {
      kind: conflict === null ? 'hello' : 'conflict',
      level: conflict === null ? 'info' : 'warning',
      hostId: id,
      words: conflict ?? `A machine that nobody knows yet (${mac}) asked to boot.`,
    });
    return this.get(id);
  }
}

function unknownHost(reference: string, hosts: readonly HostRow[]): MimeoError {
  const start = reference.slice(0, 3).toLowerCase();
  const near = hosts.filter((host) => host.name?.toLowerCase().startsWith(start)).slice(0, 5);
  const hint = near.length > 0 ? ` Did you mean ${near.map((host) => host.name).join(', ')}?` : '';
  return new MimeoError('host-missing', `There is no host ${reference}.${hint}`);
}
