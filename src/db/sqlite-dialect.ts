import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import type { CommitLog } from './commit-log.ts';
import { SharedSync } from './shared-sync.ts';
import { LendingAdapter, LendingDriver } from './sqlite-driver.ts';

/** At the end of a statement: whoever gives it does not wait until its change survives a power cut. */
export const NOT_AWAITED = sql`/* not awaited */`;
const NOT_AWAITED_END = '/* not awaited */';
/** These change nothing themselves. */
const CHANGES_NOTHING = /^\s*(select|begin|commit|rollback|savepoint|release|pragma)\b/i;
/** More texts than the repositories have; lists of values make some of them different each time. */
const MOST_STATEMENTS = 300;

/**
 * Kysely's SQLite dialect over Node's own `node:sqlite`, which is synchronous: keep statements small, and
 * batch what comes often (see `TaskRepository.saveStates`).
 *
 * @param path a file, or `:memory:`
 */
export function openSqlite(path: string): DatabaseSync {
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA journal_mode = WAL');
  raw.exec('PRAGMA synchronous = FULL');
  raw.exec('PRAGMA foreign_keys = ON');
  raw.exec('PRAGMA busy_timeout = 5000');
  return raw;
}

/**
 * From here on a commit is only written to the log (`synchronous = NORMAL`: a power cut leaves an earlier state, whole;
 * SQLite itself syncs the log before a checkpoint and the database after it), and is made durable by `log.sync`
 * before whoever gave it goes on: an order that was confirmed to a technician survives a power cut.
 */
export function dialectOf(raw: DatabaseSync, log: CommitLog): Dialect {
  raw.exec('PRAGMA synchronous = NORMAL');
  const shared = new SharedSync(() => log.sync());
  const statements = new Map<string, SqliteStatement>();
  let changed = false;
  const onChange = (): void => {
    changed = true;
  };
  const prepare = (text: string): SqliteStatement => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const silent = CHANGES_NOTHING.test(text) || text.endsWith(NOT_AWAITED_END);
    const statement = adapt(raw.prepare(text), silent ? () => undefined : onChange);
    statements.set(text, statement);
    return statement;
  };
  const database: SqliteDatabase = { close: () => raw.close(), prepare };
  const config = { database };
  const usual = new SqliteDialect(config);
  const takeChanged = (): boolean => {
    const was = changed;
    changed = false;
    return was;
  };
  const ports = { takeChanged, durable: () => shared.wait(), onClosed: () => log.close() };
  return {
    createAdapter: () => new LendingAdapter(),
    createDriver: () => new LendingDriver(config, ports),
    createIntrospector: (db) => usual.createIntrospector(db),
    createQueryCompiler: () => usual.createQueryCompiler(),
  };
}

function adapt(statement: StatementSync, onRun: () => void): SqliteStatement {
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters.map(toInput);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => {
      onRun();
      return statement.all(...values(parameters));
    },
    run: (parameters) => {
      onRun();
      return statement.run(...values(parameters));
    },
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
