import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { parseMac, serialKey, uuidKey } from '../fleet/index.ts';
import type { Database } from './database.ts';
import { makeRoomForHost } from './host-expiry.ts';
import { type HostCandidates, hostCandidates } from './host-lookup.ts';
import { claimRows, isBusy, mergeHosts, rowCount } from './host-merge.ts';
import type { Tables } from './schema.ts';

/** Columns that are worked out here from others. */
type Derived = 'uuid_key' | 'serial_key';

export type HostRow = Omit<Selectable<Tables['hosts']>, Derived> & { readonly macs: readonly string[] };
export type HostValues = Omit<Updateable<Tables['hosts']>, Derived>;

/** A host of which nothing is known. */
export const BLANK_HOST: Omit<Tables['hosts'], 'id' | 'first_seen'> = {
  uuid: null,
  serial: null,
  uuid_key: null,
  serial_key: null,
  name: null,
  lab: null,
  image: null,
  known: 0,
  inventory: null,
  conflict: null,
  last_seen: null,
  declined_at: null,
  local_once: 0,
  last_image: null,
  last_version: null,
  last_imaged_at: null,
};

/** No machine has more cards and docks than this; anybody on the wire can make MACs up. */
const MAX_MACS = 32;

/** Hosts and their MACs. A host's newest MAC comes first. */
export class HostRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Does several things as one: all of them are written, or none. */
  atomically<T>(work: (hosts: HostRepository) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((transaction) => work(new HostRepository(transaction)));
  }

  async all(): Promise<HostRow[]> {
    const rows = await this.#db
      .selectFrom('hosts')
      .selectAll()
      .orderBy('name')
      .orderBy('first_seen')
      .execute();
    const macs = await this.#db.selectFrom('host_macs').selectAll().orderBy('seen_at', 'desc').execute();
    const byHost = Map.groupBy(macs, (row) => row.host_id);
    return rows.map((row) => toHost(row, byHost.get(row.id) ?? []));
  }

  async get(id: string): Promise<HostRow | null> {
    const row = await this.#db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return null;
    const macs = await this.#db
      .selectFrom('host_macs')
      .select('mac')
      .where('host_id', '=', id)
      .orderBy('seen_at', 'desc')
      .execute();
    return toHost(row, macs);
  }

  /** Ids of the hosts that have shown this MAC: more than one when a dock went round. */
  async idsByMac(mac: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('host_macs')
      .select('host_id')
      .where('mac', '=', mac)
      .orderBy('seen_at', 'desc')
      .execute();
    return rows.map((row) => row.host_id);
  }

  /** Ids of the hosts a person may mean: by id, name (in any case) or MAC; a MAC in the manifest means its row's. */
  async idsByReference(reference: string): Promise<string[]> {
    const named = await this.#db
      .selectFrom('hosts')
      .select('id')
      .where((eb) => eb.or([eb('id', '=', reference.toLowerCase()), eb('name', '=', reference)]))
      .execute();
    const mac = parseMac(reference);
    if (mac === null || named.length > 0) return named.map((row) => row.id);
    const row = await this.#db
      .selectFrom('manifest_rows')
      .select('host_id')
      .where('mac', '=', mac)
      .executeTakeFirst();
    return row ? [row.host_id] : this.idsByMac(mac);
  }

  /** Up to five names that start like this one. */
  async namesLike(start: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('hosts')
      .select('name')
      .where(sql<boolean>`substr(name, 1, ${start.length}) = ${start} COLLATE NOCASE`)
      .where('name', 'is not', null)
      .orderBy('name')
      .limit(5)
      .execute();
    return rows.flatMap(({ name }) => (name === null ? [] : [name]));
  }

  /** Every host that a machine with this UUID, serial and these MACs could be. */
  candidates(sight: {
    uuid: string | null;
    serial: string | null;
    macs: readonly string[];
  }): Promise<HostCandidates> {
    return hostCandidates(this.#db, sight);
  }

  /** A host seen for the first time, at `at`. */
  async insert(
    host: Omit<Partial<Insertable<Tables['hosts']>>, Derived> & {
      id: string;
      at: number;
      macs: readonly string[];
    },
  ): Promise<void> {
    const { macs, at, ...values } = host;
    await this.#db
      .insertInto('hosts')
      .values({ ...BLANK_HOST, first_seen: at, ...values, ...keysOf(values) })
      .execute();
    await this.addMacs(host.id, macs, at);
  }

  async update(id: string, values: HostValues): Promise<void> {
    await this.#db
      .updateTable('hosts')
      .set({ ...values, ...keysOf(values) })
      .where('id', '=', id)
      .execute();
  }

  /**
   * A host has shown these MACs at `at`. Beyond a bound the ones shown longest ago are forgotten, but none that
   * stands in the manifest.
   */
  async addMacs(id: string, macs: readonly string[], at: number): Promise<void> {
    const shown = [...new Set(macs)].slice(0, MAX_MACS);
    if (shown.length === 0) return;
    await this.#db
      .insertInto('host_macs')
      .values(shown.map((mac) => ({ host_id: id, mac, seen_at: at })))
      .onConflict((conflict) => conflict.columns(['host_id', 'mac']).doUpdateSet({ seen_at: at }))
      .execute();
    await sql`
      DELETE FROM host_macs WHERE host_id = ${id} AND mac NOT IN (SELECT mac FROM manifest_rows)
        AND mac NOT IN (SELECT mac FROM host_macs WHERE host_id = ${id} ORDER BY seen_at DESC LIMIT ${MAX_MACS})
    `.execute(this.#db);
  }

  /** Makes the record `from` part of the host `into`: MACs, manifest rows, tasks and events move. */
  merge(from: string, into: string): Promise<void> {
    return mergeHosts(this.#db, from, into);
  }

  /** How many of the manifest's rows mean this host. */
  rowCount(id: string): Promise<number> {
    return rowCount(this.#db, id);
  }

  /** Whether a task of this host has not ended. */
  isBusy(id: string): Promise<boolean> {
    return isBusy(this.#db, id);
  }

  /** @see claimRows */
  claimRows(id: string): Promise<string[]> {
    return claimRows(this.#db, id);
  }

  /** @see makeRoomForHost */
  makeRoom(at: number, most: number): Promise<boolean> {
    return makeRoomForHost(this.#db, at, most);
  }
}

function toHost(row: Selectable<Tables['hosts']>, macs: readonly { readonly mac: string }[]): HostRow {
  const { uuid_key: _uuid, serial_key: _serial, ...values } = row;
  return { ...values, macs: macs.map(({ mac }) => mac) };
}

function keysOf(values: HostValues): Updateable<Pick<Tables['hosts'], Derived>> {
  return {
    ...(values.uuid === undefined ? {} : { uuid_key: uuidKey(values.uuid) }),
    ...(values.serial === undefined ? {} : { serial_key: serialKey(values.serial) }),
  };
}
