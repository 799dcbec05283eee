import { ENDED } from '../deployment/index.ts';
import type { ManifestRow } from '../fleet/index.ts';
import type { Database } from './database.ts';
import { applyRows } from './host-merge.ts';
import { BLANK_HOST } from './hosts.ts';
import { assignRows, type HostFacts } from './manifest-owners.ts';

/** A line that means a machine which another line means already. */
export interface DoubledRow {
  readonly mac: string;
  readonly name: string;
  /** What the machine is called that has this MAC. */
  readonly hostName: string;
}

/** The manifest's rows as they are in force, and what they make of the hosts. */
export class ManifestRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async rows(): Promise<ManifestRow[]> {
    return this.#db
      .selectFrom('manifest_rows')
      .select(['mac', 'name', 'image', 'lab'])
      .orderBy('place')
      .execute();
  }

  /**
   * Puts rows in force, all or nothing: each row's host is made known under its name; a host whose last row is gone
   * is unknown again. Which host a row means is decided when it comes (see `assignRows`) and remembered.
   *
   * @param rows in the file's order
   * @param newId makes the id of a host that nobody has seen yet
   * @returns the lines whose MAC was seen on a machine that another line names
   */
  async putInForce(
    rows: readonly ManifestRow[],
    at: number,
    newId: () => string,
  ): Promise<{ doubled: DoubledRow[] }> {
    return this.#db.transaction().execute(async (db) => {
      const old = await db.selectFrom('manifest_rows').selectAll().execute();
      const { hosts, shownBy } = await hostFacts(db);
      const { hostOf, moved } = assignRows(rows, old, hosts, shownBy, newId);
      const before = new Map(old.map((row) => [row.mac, row]));
      const after = new Set(rows.map((row) => row.mac));
      const affected = new Set<string>();

      for (const { mac, host_id } of old) {
        if (after.has(mac)) continue;
        affected.add(host_id);
        await db.deleteFrom('manifest_rows').where('mac', '=', mac).execute();
      }
      const placed = rows.map((row, place) => ({ ...row, place, host_id: hostOf.get(row.mac) ?? newId() }));
      const unseen = placed.filter((row) => !hosts.has(row.host_id));
      for (const batch of batches(unseen)) await addHosts(db, batch, at);
      for (const { mac, host_id } of moved) {
        await db.deleteFrom('host_macs').where('host_id', '=', host_id).execute();
        await db.insertInto('host_macs').values({ host_id, mac, seen_at: at }).execute();
      }
      const changed = placed.filter((row) => !sameRow(row, before.get(row.mac)));
      for (const batch of batches(changed)) await keepRows(db, batch);
      const isNew = new Set(unseen.map((row) => row.host_id));
      for (const { host_id } of changed) if (!isNew.has(host_id)) affected.add(host_id);
      await applyRows(db, affected);
      return { doubled: doubledRows(placed, hosts, shownBy) };
    });
  }
}

interface PlacedRow extends ManifestRow {
  readonly host_id: string;
  readonly place: number;
}

/** Rows in one statement: SQLite binds 32,766 values at most. */
const BATCH = 500;

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

function sameRow(row: PlacedRow, was: PlacedRow | undefined): boolean {
  return (
    was !== undefined &&
    (['name', 'image', 'lab', 'host_id', 'place'] as const).every((key) => row[key] === was[key])
  );
}

/** What deciding over rows needs of the hosts, and who has shown each MAC, the newest first. */
async function hostFacts(
  db: Database,
): Promise<{ hosts: Map<string, HostFacts>; shownBy: Map<string, string[]> }> {
  const hosts = await db
    .selectFrom('hosts')
    .select(['id', 'conflict', 'uuid_key', 'serial_key'])
    .select((eb) => eb('inventory', 'is not', null).as('met'))
    .execute();
  const open = await db
    .selectFrom('tasks')
    .select('host_id')
    .where('status', 'not in', [...ENDED])
    .execute();
  const busy = new Set(open.map((task) => task.host_id));
  const cards = await db.selectFrom('host_macs').selectAll().orderBy('seen_at', 'desc').execute();
  const shownBy = Map.groupBy(cards, (card) => card.mac);
  return {
    hosts: new Map(
      hosts.map(({ id, conflict, uuid_key, serial_key, met }) => {
        const onlyMac = uuid_key === null && serial_key === null && !met;
        return [id, { inConflict: conflict !== null, onlyMac, busy: busy.has(id) }];
      }),
    ),
    shownBy: new Map([...shownBy].map(([mac, shown]) => [mac, shown.map((card) => card.host_id)])),
  };
}

function doubledRows(
  rows: readonly PlacedRow[],
  hosts: ReadonlyMap<string, HostFacts>,
  shownBy: ReadonlyMap<string, readonly string[]>,
): DoubledRow[] {
  const nameOf = new Map<string, string>();
  for (const { host_id, name } of rows) if (!nameOf.has(host_id)) nameOf.set(host_id, name);
  return rows.flatMap(({ mac, name, host_id }) => {
    const own = nameOf.get(host_id) ?? name;
    if (own !== name) return [{ mac, name, hostName: own }];
    // Nobody has met the machine this line made a record for, but another has shown its MAC.
    if (hosts.get(host_id)?.onlyMac !== true) return [];
    const hostName = (shownBy.get(mac) ?? [])
      .filter((id) => id !== host_id)
      .map((id) => nameOf.get(id))
      .find((found) => found !== undefined);
    return hostName === undefined ? [] : [{ mac, name, hostName }];
  });
}

async function addHosts(db: Database, rows: readonly PlacedRow[], at: number): Promise<void> {
  const hosts = rows.map(({ host_id: id, name, image, lab }) => {
    return { ...BLANK_HOST, id, first_seen: at, name, image, lab, known: 1 };
  });
  await db.insertInto('hosts').values(hosts).execute();
  const macs = rows.map(({ host_id, mac }) => ({ host_id, mac, seen_at: at }));
  await db.insertInto('host_macs').values(macs).execute();
}

async function keepRows(db: Database, rows: readonly PlacedRow[]): Promise<void> {
  await db
    .insertInto('manifest_rows')
    .values(
      rows.map(({ mac, name, image, lab, host_id, place }) => ({ mac, name, image, lab, host_id, place })),
    )
    .onConflict((conflict) =>
      conflict.column('mac').doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        image: eb.ref('excluded.image'),
        lab: eb.ref('excluded.lab'),
        host_id: eb.ref('excluded.host_id'),
        place: eb.ref('excluded.place'),
      })),
    )
    .execute();
}
