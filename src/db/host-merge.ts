import { sql } from 'kysely';
import { ENDED } from '../deployment/index.ts';
import type { Database } from './database.ts';

/**
 * Makes the record `from` part of the host `into`. MACs, manifest rows, tasks, events and the nonces of boots under
 * way move; sessions of agents end. Run it in a transaction.
 */
export async function mergeHosts(db: Database, from: string, into: string): Promise<void> {
  await sql`
    INSERT INTO host_macs (host_id, mac, seen_at) SELECT ${into}, mac, seen_at FROM host_macs WHERE host_id = ${from}
    ON CONFLICT (host_id, mac) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
  `.execute(db);
  for (const table of ['tasks', 'events', 'boot_nonces', 'manifest_rows'] as const) {
    await db.updateTable(table).set({ host_id: into }).where('host_id', '=', from).execute();
  }
  await db.deleteFrom('hosts').where('id', '=', from).execute();
  await applyRows(db, [into]);
}

/** Gives hosts what the manifest says of them: of several rows of one host the first in the file counts. */
export async function applyRows(db: Database, hostIds: Iterable<string>): Promise<void> {
  for (const id of hostIds) {
    const row = await db
      .selectFrom('manifest_rows')
      .select(['name', 'image', 'lab'])
      .where('host_id', '=', id)
      .orderBy('place')
      .executeTakeFirst();
    const values = row
      ? // Who names a machine by its MAC has said that it is a machine of its own.
        { ...row, known: 1, conflict: null }
      : { name: null, image: null, lab: null, known: 0 };
    await db.updateTable('hosts').set(values).where('id', '=', id).execute();
  }
}

/**
 * A host that no row means, and that has shown a row's MAC, takes that row: from a host that has several (a machine
 * and the dock it once had), or from a record of a MAC that nobody has met, which becomes part of this host.
 *
 * @returns the records that became part of this host
 */
export async function claimRows(db: Database, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('manifest_rows as row')
    .innerJoin('host_macs as card', 'card.mac', 'row.mac')
    .innerJoin('hosts as owner', 'owner.id', 'row.host_id')
    .select(['row.mac', 'owner.id', 'owner.uuid_key', 'owner.serial_key', 'owner.inventory'])
    .where('card.host_id', '=', id)
    .where('owner.id', '!=', id)
    .orderBy('row.place')
    .execute();
  if (rows.length === 0 || (await rowCount(db, id)) > 0) return [];
  for (const { mac, id: owner, uuid_key, serial_key, inventory } of rows) {
    if (uuid_key === null && serial_key === null && inventory === null) {
      if ((await isBusy(db, owner)) && (await isBusy(db, id))) continue;
      await mergeHosts(db, owner, id);
      return [owner];
    }
    if ((await rowCount(db, owner)) > 1) {
      await db.updateTable('manifest_rows').set({ host_id: id }).where('mac', '=', mac).execute();
      await applyRows(db, [owner, id]);
      return [];
    }
  }
  return [];
}

/** How many of the manifest's rows mean this host. */
export async function rowCount(db: Database, id: string): Promise<number> {
  const rows = await db.selectFrom('manifest_rows').select('mac').where('host_id', '=', id).execute();
  return rows.length;
}

/** Whether a task of this host has not ended. */
export async function isBusy(db: Database, id: string): Promise<boolean> {
  const task = await db
    .selectFrom('tasks')
    .select('id')
    .where('host_id', '=', id)
    .where('status', 'not in', [...ENDED])
    .executeTakeFirst();
  return task !== undefined;
}
