import { sql } from 'kysely';
import type { Database } from './database.ts';

/** A machine that asked to boot once and was never heard of again is forgotten after this time. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Makes room for one more host that nobody named. Hosts without name and tasks go: those whose agent never said
 * hello after a day, and the oldest of them when there are too many; then the oldest others that a day has not seen.
 *
 * @param most how many unnamed hosts there may be
 * @returns false when there is no room
 */
export async function makeRoomForHost(db: Database, at: number, most: number): Promise<boolean> {
  const idle = sql`known = 0 AND name IS NULL AND id NOT IN (SELECT host_id FROM tasks)
    AND id NOT IN (SELECT host_id FROM manifest_rows)`;
  const seen = sql`coalesce(last_seen, first_seen)`;
  await sql`DELETE FROM hosts WHERE ${idle} AND inventory IS NULL AND ${seen} < ${at - KEPT_MS}`.execute(db);
  const count = async (): Promise<number> => {
    const { total } = await db
      .selectFrom('hosts')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('known', '=', 0)
      .executeTakeFirstOrThrow();
    return total;
  };
  let over = (await count()) - most + 1;
  for (const which of [sql`inventory IS NULL`, sql`${seen} < ${at - KEPT_MS}`]) {
    if (over <= 0) return true;
    await sql`
      DELETE FROM hosts WHERE id IN (SELECT id FROM hosts WHERE ${idle} AND ${which} ORDER BY ${seen} LIMIT ${over})
    `.execute(db);
    over = (await count()) - most + 1;
  }
  return over <= 0;
}
