import type { DatabaseSync } from 'node:sqlite';
import { MimeoError } from '../errors.ts';

/** Each entry brings the database from its own number to the next; entries are never changed, only added. */
const migrations: readonly string[] = [
  `
  CREATE TABLE hosts (
    id TEXT PRIMARY KEY, uuid TEXT, serial TEXT, uuid_key TEXT, serial_key TEXT,
    name TEXT COLLATE NOCASE, lab TEXT COLLATE NOCASE, image TEXT,
    known INTEGER NOT NULL DEFAULT 0, inventory TEXT, conflict TEXT,
    first_seen INTEGER NOT NULL, last_seen INTEGER, declined_at INTEGER, local_once INTEGER NOT NULL DEFAULT 0,
    last_image TEXT, last_version INTEGER, last_imaged_at INTEGER
  ) STRICT;
  CREATE INDEX hosts_name ON hosts (name);
  CREATE INDEX hosts_uuid ON hosts (uuid_key);
  CREATE INDEX hosts_serial ON hosts (serial_key);
  CREATE INDEX hosts_known ON hosts (known, coalesce(last_seen, first_seen));
  CREATE INDEX hosts_strangers ON hosts (coalesce(last_seen, first_seen)) WHERE known = 0 AND inventory IS NULL;
  CREATE TABLE host_macs (
    host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE, mac TEXT NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (host_id, mac)
  ) STRICT;
  CREATE INDEX host_macs_mac ON host_macs (mac);
  CREATE TABLE deployments (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, ordered_by TEXT NOT NULL, created_at INTEGER NOT NULL,
    opens_until INTEGER
  ) STRICT;
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY, deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    host_id TEXT NOT NULL REFERENCES hosts (id), host_name TEXT NOT NULL, image TEXT NOT NULL, version INTEGER,
    notes TEXT NOT NULL, after TEXT NOT NULL, disk TEXT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_deployment ON tasks (deployment_id);
  CREATE INDEX tasks_host ON tasks (host_id, status);
  CREATE UNIQUE INDEX tasks_one_open ON tasks (host_id) WHERE status NOT IN ('done', 'failed', 'cancelled');
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, topic TEXT NOT NULL, kind TEXT NOT NULL,
    level TEXT NOT NULL, host_id TEXT, task_id TEXT, words TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_host ON events (host_id, id);
  CREATE TABLE agent_sessions (
    token_hash TEXT PRIMARY KEY, host_id TEXT NOT NULL UNIQUE REFERENCES hosts (id) ON DELETE CASCADE,
    why TEXT, took_task INTEGER NOT NULL, answered INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE boot_nonces (
    nonce_hash TEXT PRIMARY KEY, mac TEXT NOT NULL, host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
    why TEXT NOT NULL,
    created_at INTEGER NOT NULL, used_at INTEGER
  ) STRICT;
  CREATE INDEX boot_nonces_host ON boot_nonces (host_id);
  CREATE TABLE technician_codes (
    code_hash TEXT PRIMARY KEY, created_at INTEGER NOT NULL, valid_until INTEGER NOT NULL, tries_left INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE api_tokens (token_hash TEXT PRIMARY KEY, label TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE manifest_rows (
    mac TEXT PRIMARY KEY, name TEXT NOT NULL, image TEXT NOT NULL, lab TEXT,
    host_id TEXT NOT NULL REFERENCES hosts (id), place INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX manifest_rows_host ON manifest_rows (host_id);
  `,
  `
  ALTER TABLE deployments ADD COLUMN network TEXT NOT NULL DEFAULT '{}';
  `,
];

/**
 * Brings the database to the newest version, each step in a transaction of its own.
 *
 * @throws MimeoError `database-newer` when a newer Mimeo has written it
 */
export function migrate(raw: DatabaseSync): void {
  const version = Number(raw.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new MimeoError(
      'database-newer',
      `The database is of version ${version}; this Mimeo knows versions up to ${migrations.length}.`,
    );
  }
  for (const [step, sql] of migrations.entries()) {
    if (step < version) continue;
    raw.exec('BEGIN IMMEDIATE');
    try {
      raw.exec(sql);
      raw.exec(`PRAGMA user_version = ${step + 1}`);
      raw.exec('COMMIT');
    } catch (error) {
      raw.exec('ROLLBACK');
      throw error;
    }
  }
}
