import type { ManifestRow } from '../fleet/index.ts';
import type { Database } from './database.ts';

/** Small facts that outlive a restart, and the manifest's rows as they are in force. */
export class SettingsRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async get(key: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('settings')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.value ?? null;
  }

  async set(key: string, value: string): Promise<void> {
    await this.#db
      .insertInto('settings')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  }

  async manifestRows(): Promise<ManifestRow[]> {
    return this.#db.selectFrom('manifest_rows').selectAll().execute();
  }

  async replaceManifestRows(rows: readonly ManifestRow[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('manifest_rows').execute();
      for (let at = 0; at < rows.length; at += 500) {
        const values = rows
          .slice(at, at + 500)
          .map(({ mac, name, image, lab }) => ({ mac, name, image, lab }));
        await transaction.insertInto('manifest_rows').values(values).execute();
      }
    });
  }
}
