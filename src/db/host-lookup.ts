import { type Identity, parseMac, type SharedIdentity, serialKey, uuidKey } from '../fleet/index.ts';
import type { Database } from './database.ts';

export interface HostCandidates {
  readonly hosts: readonly (Identity & { readonly conflict: string | null })[];
  /** UUIDs and serials, of the machine and of these hosts, that several hosts have. */
  readonly shared: readonly Pick<SharedIdentity, 'kind' | 'value'>[];
}

type KeyColumn = 'uuid_key' | 'serial_key';

/** Of all the hosts with one MAC (a dock that went round) the newest so many are looked at. */
const MAX_BY_MAC = 200;

/**
 * Every host that a machine could be: those with its UUID, its serial number or one of its MACs, without their
 * inventories. A UUID or serial that several hosts have finds none of them. Records in conflict share nothing: they
 * may be one of the others.
 */
export async function hostCandidates(
  db: Database,
  sight: { uuid: string | null; serial: string | null; macs: readonly string[] },
): Promise<HostCandidates> {
  const macs = sight.macs.map(parseMac).filter((mac) => mac !== null);
  const ids = new Set<string>();
  const byMac = await db
    .selectFrom('host_macs')
    .select('host_id')
    .where('mac', 'in', macs)
    .orderBy('seen_at', 'desc')
    .limit(MAX_BY_MAC)
    .execute();
  for (const { host_id } of byMac) ids.add(host_id);
  for (const [column, key] of [
    ['uuid_key', uuidKey(sight.uuid)],
    ['serial_key', serialKey(sight.serial)],
  ] as const) {
    if (key === null) continue;
    const owners = await db
      .selectFrom('hosts')
      .select('id')
      .where(column, '=', key)
      .where('conflict', 'is', null)
      .limit(2)
      .execute();
    const [owner, ...more] = owners;
    if (owner !== undefined && more.length === 0) ids.add(owner.id);
  }
  const rows = await db
    .selectFrom('hosts')
    .select(['id', 'uuid', 'serial', 'uuid_key', 'serial_key', 'name', 'known', 'conflict'])
    .select((eb) => eb('inventory', 'is not', null).as('met'))
    .where('id', 'in', [...ids])
    .orderBy('first_seen')
    .execute();
  const shown = await db
    .selectFrom('host_macs')
    .select(['host_id', 'mac'])
    .where('host_id', 'in', [...ids])
    .execute();
  const macsOf = Map.groupBy(shown, (row) => row.host_id);
  const keys = (column: KeyColumn, own: string | null): string[] => {
    const all = [own, ...rows.map((row) => row[column])];
    return [...new Set(all.filter((key) => key !== null))];
  };
  const uuids = await sharedKeys(db, 'uuid_key', keys('uuid_key', uuidKey(sight.uuid)));
  const serials = await sharedKeys(db, 'serial_key', keys('serial_key', serialKey(sight.serial)));
  return {
    hosts: rows.map(({ id, uuid, serial, name, known, conflict, met }) => ({
      id,
      uuid,
      serial,
      name,
      conflict,
      met: Boolean(met),
      assigned: known === 1,
      macs: (macsOf.get(id) ?? []).map(({ mac }) => mac),
    })),
    shared: [
      ...uuids.map((value) => ({ kind: 'uuid', value }) as const),
      ...serials.map((value) => ({ kind: 'serial', value }) as const),
    ],
  };
}

async function sharedKeys(db: Database, column: KeyColumn, keys: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('hosts')
    .select(column)
    .where(column, 'in', keys)
    .where('conflict', 'is', null)
    .groupBy(column)
    .having((eb) => eb.fn.countAll(), '>', 1)
    .execute();
  return rows.map((row) => row[column]).filter((key) => key !== null && key !== undefined);
}
