import { chmodSync } from 'node:fs';
import { Kysely } from 'kysely';
import { migrate } from './migrations.ts';
import type { Tables } from './schema.ts';
import { openSqlite } from './sqlite-dialect.ts';

export type Database = Kysely<Tables>;

/**
 * Opens (and makes, and migrates) the server's database.
 *
 * @param path the file, or `:memory:` for a test
 */
export function openDatabase(path: string): Database {
  const { dialect, raw } = openSqlite(path);
  migrate(raw);
  // It holds hashes of tokens and who did what: nobody else's business.
  if (path !== ':memory:') chmodSync(path, 0o600);
  return new Kysely<Tables>({ dialect });
}
