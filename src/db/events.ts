import type { Insertable, Selectable } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';
import { NOT_AWAITED } from './sqlite-dialect.ts';

export type EventRow = Selectable<Tables['events']>;

/** Kept per server; the oldest go first, so that a chatty network cannot fill the disk. */
const KEPT = 100_000;

/** What happened, in order: the event stream's replay and each host's timeline. */
export class EventRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Does not wait for the disk, as every other change does: a power cut may take the news of the last seconds with it,
   * and a lab of hundreds that begins or ends at once must not hold up everybody for minutes on a slow disk.
   */
  async append(event: Insertable<Tables['events']>): Promise<EventRow> {
    const row = await this.#db
      .insertInto('events')
      .values(event)
      .returningAll()
      .modifyEnd(NOT_AWAITED)
      .executeTakeFirstOrThrow();
    if (row.id % 1000 === 0) {
      await this.#db
        .deleteFrom('events')
        .where('id', '<=', row.id - KEPT)
        .modifyEnd(NOT_AWAITED)
        .execute();
    }
    return row;
  }

  /** Events after `id`, oldest first. */
  async since(id: number, limit: number): Promise<EventRow[]> {
    return this.#db
      .selectFrom('events')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** The last `limit` events of a host, oldest first. */
  async ofHost(hostId: string, limit: number): Promise<EventRow[]> {
    const rows = await this.#db
      .selectFrom('events')
      .selectAll()
      .where('host_id', '=', hostId)
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.reverse();
  }

  async lastId(): Promise<number> {
    const row = await this.#db
      .selectFrom('events')
      .select((eb) => eb.fn.max('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  }
}
