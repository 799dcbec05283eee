import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

export type HostRow = Selectable<Tables['hosts']> & { readonly macs: readonly string[] };

/** A host of which nothing is known. */
export const BLANK_HOST: Omit<Tables['hosts'], 'id' | 'first_seen'> = {
  uuid: null,
  serial: null,
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

/** Hosts and their MACs. A host's newest MAC comes first. */
export class HostRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
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
    return rows.map((row) => ({ ...row, macs: (byHost.get(row.id) ?? []).map((entry) => entry.mac) }));
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
    return { ...row, macs: macs.map((entry) => entry.mac) };
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

  /** A host seen for the first time, at `at`. */
  async insert(
    host: Partial<Insertable<Tables['hosts']>> & { id: string; at: number; macs: readonly string[] },
  ): Promise<void> {
    const { macs, at, ...values } = host;
    await this.#db
      .insertInto('hosts')
      .values({ ...BLANK_HOST, first_seen: at, ...values })
      .execute();
    for (const mac of macs) await this.addMac(host.id, mac, at);
  }

  async update(id: string, values: Updateable<Tables['hosts']>): Promise<void> {
    await this.#db.updateTable('hosts').set(values).where('id', '=', id).execute();
  }

  async addMac(id: string, mac: string, at: number): Promise<void> {
    await this.#db
      .insertInto('host_macs')
      .values({ host_id: id, mac, seen_at: at })
      .onConflict((conflict) => conflict.columns(['host_id', 'mac']).doUpdateSet({ seen_at: at }))
      .execute();
  }
}
