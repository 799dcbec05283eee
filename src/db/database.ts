import { chmodSync } from 'node:fs';
import { Kysely } from 'kysely';
import type { CommitLog } from './commit-log.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './schema.ts';
import { dialectOf, openSqlite } from './sqlite-dialect.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

export type Database = Kysely<Tables>;

/**
 * Opens (and makes, and migrates) the server's database. Every change that was awaited survives a power cut.
 *
 * @param path the file, or `:memory:` for a test
 * @param log how commits become durable; for tests
 */
export function openDatabase(path: string, log: CommitLog = logOf(path)): Database {
  const raw = openSqlite(path);
  migrate(raw);
  // It holds hashes of tokens and who did what: nobody else's business.
  if (path !== ':memory:') chmodSync(path, 0o600);
  return new Kysely<Tables>({ dialect: dialectOf(raw, log) });
}

function logOf(path: string): CommitLog {
  if (path !== ':memory:') return new WriteAheadLog(path);
  return { sync: async () => undefined, close: async () => undefined };
}
