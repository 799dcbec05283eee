import type { Clock } from '../clock.ts';
import type { HostRepository, HostRow, HostValues } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import { type Inventory, matchHost, type Sight } from '../fleet/index.ts';
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

/** Told that the record `from` is part of the host `into` now; its tasks have moved in the database. */
export type MergeListener = (from: string, into: string) => void;

/** What became of a sighting. */
interface Recognised {
  readonly hostId: string;
  readonly merged: readonly string[];
  /** To be told when it is written: what happened, and whether it is a worry. */
  readonly news: { readonly kind: 'hello' | 'conflict'; readonly words: string } | null;
}

/** Who is who: every host the server has met or been told of. */
export class HostDirectory {
  readonly #hosts: HostRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #onMerged: MergeListener;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: { hosts: HostRepository; hub: EventHub; clock: Clock; onMerged: MergeListener }) {
    this.#hosts = ports.hosts;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#onMerged = ports.onMerged;
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
    const [id, ...others] = await this.#hosts.idsByReference(reference);
    if (id === undefined) throw unknownHost(reference, await this.#hosts.namesLike(reference.slice(0, 3)));
    if (others.length === 0) return this.get(id);
    const all = await Promise.all([id, ...others].map((one) => this.get(one)));
    const names = all.map((one) => one.name ?? one.id).join(', ');
    throw new MimeoError('host-ambiguous', `${reference} has been seen on several hosts: ${names}.`);
  }

  /** The host with this MAC if exactly one has it. */
  async byMac(mac: string): Promise<HostRow | null> {
    const [id, ...others] = await this.#hosts.idsByMac(mac);
    return id === undefined || others.length > 0 ? null : this.#hosts.get(id);
  }

  /** A machine asks for its boot script: the host it is, made new when nobody knows it. */
  async meet(sight: FirstSight): Promise<HostRow> {
    return this.#recognise({ uuid: sight.uuid, serial: sight.serial, macs: [{ mac: sight.mac }] }, null);
  }

  /** An agent said hello with everything it knows of its machine. */
  async meetAgent(inventory: Inventory): Promise<HostRow> {
    const { uuid, serial } = inventory;
    const macs = inventory.macs.toSorted((a, b) => Number(b.booted) - Number(a.booted));
    if (macs.length === 0) throw new MimeoError('inventory-empty', 'The agent named no network card.');
    return this.#recognise({ uuid, serial, macs }, inventory);
  }

  async update(id: string, values: HostValues): Promise<void> {
    await this.#hosts.update(id, values);
  }

  /** One machine after the other: two questions of one new machine must not make two hosts. */
  #recognise(sight: Sight, inventory: Inventory | null): Promise<HostRow> {
    const recognised = this.#queue.then(async () => {
      const { hostId, merged, news } = await this.#hosts.atomically(async (hosts) => {
        const found = await this.#identify(hosts, sight);
        await this.#note(hosts, found.hostId, sight, inventory);
        return { ...found, merged: [...found.merged, ...(await hosts.claimRows(found.hostId))] };
      });
      for (const id of merged) {
        this.#onMerged(id, hostId);
        const words = 'Another record was found to be this computer, and became part of it.';
        await this.#hub.publish('host', { kind: 'named', level: 'info', hostId, words });
      }
      if (news !== null) {
        const level = news.kind === 'conflict' ? 'warning' : 'info';
        await this.#hub.publish('host', { ...news, level, hostId });
      }
      return this.get(hostId);
    });
    this.#queue = recognised.catch(() => undefined);
    return recognised;
  }

  async #identify(hosts: HostRepository, sight: Sight): Promise<Recognised> {
    const macs = sight.macs.map(({ mac }) => mac);
    const found = await hosts.candidates({ uuid: sight.uuid, serial: sight.serial, macs });
    const settled = found.hosts.filter((host) => host.conflict === null);
    const match = matchHost(sight, settled, found.shared);
    // A record made when this machine was in doubt before.
    const doubtful = found.hosts.filter(
      (host) => host.conflict !== null && matchHost(sight, [host]).kind === 'known',
    );
    const [first, ...more] = doubtful.map((host) => host.id);
    if (match.kind === 'known') {
      const merged = await mergeAll(hosts, [...match.absorbs, ...doubtful.map(({ id }) => id)], match.hostId);
      return { hostId: match.hostId, merged, news: null };
    }
    const conflict = match.kind === 'conflict' ? match.words : null;
    if (first !== undefined) {
      await hosts.update(first, { conflict });
      return { hostId: first, merged: await mergeAll(hosts, more, first), news: null };
    }
    const at = this.#clock.now();
    if (!(await hosts.makeRoom(at, MAX_UNKNOWN))) {
      throw new MimeoError(
        'too-many-unknown',
        `More than ${MAX_UNKNOWN} unknown machines have asked to boot.`,
      );
    }
    const id = newId('h');
    await hosts.insert({ id, at, macs: [], conflict });
    const news =
      conflict === null
        ? ({ kind: 'hello', words: `A machine that nobody knows yet (${macs[0]}) asked to boot.` } as const)
        : ({ kind: 'conflict', words: conflict } as const);
    return { hostId: id, merged: [], news };
  }

  /** Writes down what a host has shown of itself. What an agent says outweighs what the firmware said. */
  async #note(hosts: HostRepository, id: string, sight: Sight, inventory: Inventory | null): Promise<void> {
    const at = this.#clock.now();
    const host = await hosts.get(id);
    const firm = inventory !== null;
    await hosts.update(id, {
      last_seen: at,
      uuid: firm ? (sight.uuid ?? host?.uuid ?? null) : (host?.uuid ?? sight.uuid),
      serial: firm ? (sight.serial ?? host?.serial ?? null) : (host?.serial ?? sight.serial),
      ...(firm ? { inventory: JSON.stringify(inventory) } : {}),
    });
    const [booted, ...others] = sight.macs.map(({ mac }) => mac);
    await hosts.addMacs(id, others, at);
    // Later than the others, so that the card it boots over is shown first.
    if (booted !== undefined) await hosts.addMacs(id, [booted], firm ? at + 1 : at);
  }
}

/**
 * Makes records part of a host, as far as that guesses nothing: two that the manifest means are two machines (a
 * laptop on another's dock), and of two open orders nobody can say which one is meant.
 *
 * @returns those that became part of it
 */
async function mergeAll(
  hosts: HostRepository,
  records: readonly string[],
  into: string,
): Promise<readonly string[]> {
  const merged: string[] = [];
  for (const record of records) {
    if ((await hosts.rowCount(record)) > 0 && (await hosts.rowCount(into)) > 0) continue;
    if ((await hosts.isBusy(record)) && (await hosts.isBusy(into))) continue;
    await hosts.merge(record, into);
    merged.push(record);
  }
  return merged;
}

function unknownHost(reference: string, near: readonly string[]): MimeoError {
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return new MimeoError('host-missing', `There is no host ${reference}.${hint}`);
}
