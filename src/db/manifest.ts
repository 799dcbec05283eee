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
      // Rows that go first give up their names before others take them.
      for (const row of old) {
        if (after.has(row.mac)) continue;
        await assign(transaction, row.mac, { name: null, image: null, lab: null, known: 0 });
        await transaction.deleteFrom('manifest_rows').where('mac', '=', row.mac).execute();
      }
      for (const { mac, name, image, lab } of rows) {
        const was = before.get(mac);
        if (was?.name === name && was.image === image && was.lab === lab) continue;
        if (!(await assign(transaction, mac, { name, image, lab, known: 1 }))) {
          const id = newId();
          const host = { ...BLANK_HOST, id, first_seen: at, name, image, lab, known: 1 };
          await transaction.insertInto('hosts').values(host).execute();
          await transaction.insertInto('host_macs').values({ host_id: id, mac, seen_at: at }).execute();
        }
        await transaction
          .insertInto('manifest_rows')
          .values({ mac, name, image, lab })
          .onConflict((conflict) => conflict.column('mac').doUpdateSet({ name, image, lab }))
          .execute();
      }
    });
  }
}

/** @returns whether a host with this MAC was there */
async function assign(
  transaction: Transaction<Tables>,
  mac: string,
  values: Pick<Tables['hosts'], 'name' | 'image' | 'lab' | 'known'>,
): Promise<boolean> {
  const host = await transaction
    .selectFrom('host_macs')
    .select('host_id')
    .where('mac', '=', mac)
    .orderBy('seen_at', 'desc')
    .executeTakeFirst();
  if (!host) return false;
  await transaction.updateTable('hosts').set(values).where('id', '=', host.host_id).execute();
  return true;
}
