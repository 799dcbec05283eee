import type { Transaction } from 'kysely';
import type { ManifestRow } from '../fleet/index.ts';
import type { Database } from './database.ts';
import { BLANK_HOST } from './hosts.ts';
import type { Tables } from './schema.ts';

/** The manifest's rows as they are in force, and what they make of the hosts. */
export class ManifestRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async rows(): Promise<ManifestRow[]> {
    return this.#db.selectFrom('manifest_rows').selectAll().execute();
  }

  /**
   * Puts rows in force, all or nothing: each row's host is made known under its name; a host whose row is
   * gone is unknown again. A MAC that several hosts have shown (a dock) means the one seen last.
   *
   * @param newId makes the id of a host that nobody has seen yet
   */
  async putInForce(rows: readonly ManifestRow[], at: number, newId: () => string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const old = await transaction.selectFrom('manifest_rows').selectAll().execute();
      const before = new Map(old.map((row) => [row.mac, row]));
      const after = new Set(rows.map((row) => row.mac));
      const hostOf = await newestHosts(transaction);
      for (const { mac } of old.filter((row) => !after.has(row.mac))) {
        await assign(transaction, hostOf.get(mac), { name: null, image: null, lab: null, known: 0 });
        await transaction.deleteFrom('manifest_rows').where('mac', '=', mac).execute();
      }
      const changed = rows.filter((row) => {
        const was = before.get(row.mac);
        return was?.name !== row.name || was.image !== row.image || was.lab !== row.lab;
      });
      for (const { mac, name, image, lab } of changed) {
        await assign(transaction, hostOf.get(mac), { name, image, lab, known: 1 });
      }
      const unseen = changed.filter((row) => !hostOf.has(row.mac)).map((row) => ({ ...row, id: newId() }));
      for (const batch of batches(unseen)) await addHosts(transaction, batch, at);
      for (const batch of batches(changed)) await keepRows(transaction, batch);
    });
  }
}

/** Rows in one statement: SQLite binds 32,766 values at most. */
const BATCH = 500;

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

/** Each MAC's host; of several that have shown it the one seen last. */
async function newestHosts(transaction: Transaction<Tables>): Promise<Map<string, string>> {
  const macs = await transaction.selectFrom('host_macs').selectAll().orderBy('seen_at').execute();
  return new Map(macs.map((row) => [row.mac, row.host_id]));
}

async function assign(
  transaction: Transaction<Tables>,
  hostId: string | undefined,
  values: Pick<Tables['hosts'], 'name' | 'image' | 'lab' | 'known'>,
): Promise<void> {
  if (hostId === undefined) return;
  await transaction.updateTable('hosts').set(values).where('id', '=', hostId).execute();
}

async function addHosts(
  transaction: Transaction<Tables>,
  rows: readonly (ManifestRow & { readonly id: string })[],
  at: number,
): Promise<void> {
  const hosts = rows.map(({ id, name, image, lab }) => {
    return { ...BLANK_HOST, id, first_seen: at, name, image, lab, known: 1 };
  });
  await transaction.insertInto('hosts').values(hosts).execute();
  const macs = rows.map(({ id, mac }) => ({ host_id: id, mac, seen_at: at }));
  await transaction.insertInto('host_macs').values(macs).execute();
}

async function keepRows(transaction: Transaction<Tables>, rows: readonly ManifestRow[]): Promise<void> {
  await transaction
    .insertInto('manifest_rows')
    .values(rows.map(({ mac, name, image, lab }) => ({ mac, name, image, lab })))
    .onConflict((conflict) =>
      conflict.column('mac').doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        image: eb.ref('excluded.image'),
        lab: eb.ref('excluded.lab'),
      })),
    )
    .execute();
}
