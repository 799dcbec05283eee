import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/** A machine that asked to boot once and was never heard of again is forgotten after this time. */
const KEPT_MS = 24 * 3_600_000;
/** So many are forgotten at a time: whoever asked waits for it. */
const AT_ONCE = 100;

/**
 * Makes room for one more host that nobody named. Hosts without name and tasks go: those whose agent never said
 * hello after a day, and the oldest of them when there are too many; then the oldest others that a day has not seen.
 *
 * @param most how many unnamed hosts there may be
 * @returns false when there is no room
 */
export async function makeRoomForHost(db: Database, at: number, most: number): Promise<boolean> {
  const seen = sql`coalesce(last_seen, first_seen)`;
  const old = sql`${seen} < ${at - KEPT_MS}`;
  const drop = async (which: RawBuilder<unknown>, count: number): Promise<void> => {
    await sql`
      DELETE FROM hosts WHERE id IN (
        SELECT id FROM hosts ${which} AND known = 0
          AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.host_id = hosts.id) ORDER BY ${seen} LIMIT ${count}
      )
    `.execute(db);
  };
  // Left to itself SQLite walks through all unnamed hosts to find that none of them is a stranger.
  const strangers = sql`INDEXED BY hosts_strangers WHERE inventory IS NULL`;
  await drop(sql`${strangers} AND ${old}`, AT_ONCE);
  for (const which of [strangers, sql`WHERE ${old}`]) {
    const over = (await countUnnamed(db)) - most + 1;
    if (over <= 0) return true;
    await drop(which, over);
  }
  return (await countUnnamed(db)) < most;
}

async function countUnnamed(db: Database): Promise<number> {
  const { total } = await db
    .selectFrom('hosts')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('known', '=', 0)
    .executeTakeFirstOrThrow();
  return total;
}
