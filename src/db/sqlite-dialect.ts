import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/**
 * Kysely's SQLite dialect over Node's own `node:sqlite`, which is synchronous: keep statements small, and
 * batch what comes often (see `TaskRepository.saveStates`).
 *
 * @param path a file, or `:memory:`
 */
export function openSqlite(path: string): { dialect: SqliteDialect; raw: DatabaseSync } {
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA journal_mode = WAL');
  // FULL: an order that was confirmed to a technician survives a power cut.
  raw.exec('PRAGMA synchronous = FULL');
  raw.exec('PRAGMA foreign_keys = ON');
  raw.exec('PRAGMA busy_timeout = 5000');
  const database: SqliteDatabase = {
    close: () => raw.close(),
    prepare: (sql) => adapt(raw, sql),
  };
  return { dialect: new SqliteDialect({ database }), raw };
}

function adapt(raw: DatabaseSync, sql: string): SqliteStatement {
  const statement = raw.prepare(sql);
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters.map(toInput);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite takes no ${typeof value}`);
}
