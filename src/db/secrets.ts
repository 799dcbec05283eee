import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Secrets are stored as SHA-256 only: all of them are random, so there is nothing to guess slowly. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What is remembered of one boot of an agent. */
export interface SessionRow {
  /** Why the boot environment was sent; null when it came from media. */
  readonly why: 'task' | 'ask' | null;
  /** It has had a task in this boot, so nothing to do means: stay, and show how it ended. */
  readonly tookTask: boolean;
  /** The question at its screen was answered. */
  readonly answered: boolean;
}

/** Tokens of agents and people, boot nonces, technicians' codes. */
export class SecretRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A new boot of a host ends its older sessions: one host, one token. */
  async openSession(token: string, hostId: string, why: 'task' | 'ask' | null, at: number): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('agent_sessions').where('host_id', '=', hostId).execute();
      await transaction
        .insertInto('agent_sessions')
        .values({
          token_hash: hashOf(token),
          host_id: hostId,
          why,
          took_task: 0,
          answered: 0,
          created_at: at,
        })
        .execute();
    });
  }

  /** The session of a host; null when it has never said hello. */
  async session(hostId: string): Promise<SessionRow | null> {
    const row = await this.#db
      .selectFrom('agent_sessions')
      .select(['why', 'took_task', 'answered'])
      .where('host_id', '=', hostId)
      .executeTakeFirst();
    return row ? { why: row.why, tookTask: row.took_task === 1, answered: row.answered === 1 } : null;
  }

  async noteSession(hostId: string, { tookTask, answered }: Omit<SessionRow, 'why'>): Promise<void> {
    await this.#db
      .updateTable('agent_sessions')
      .set({ took_task: tookTask ? 1 : 0, answered: answered ? 1 : 0 })
      .where('host_id', '=', hostId)
      .execute();
  }

  async hostOfSession(token: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('agent_sessions')
      .select('host_id')
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return row?.host_id ?? null;
  }

  async addNonce(
    nonce: string,
    boot: { mac: string; hostId: string; why: 'task' | 'ask'; at: number },
  ): Promise<void> {
    // A nonce is good for one boot; those of yesterday are of no use to anybody.
    await this.#db
      .deleteFrom('boot_nonces')
      .where('created_at', '<', boot.at - 24 * 3_600_000)
      .execute();
    await this.#db
      .insertInto('boot_nonces')
      .values({
        nonce_hash: hashOf(nonce),
        mac: boot.mac,
        host_id: boot.hostId,
        why: boot.why,
        created_at: boot.at,
        used_at: null,
      })
      .execute();
  }

  /** What a boot nonce was made for, once; null when it is unknown or was used before. */
  async useNonce(
    nonce: string,
    at: number,
  ): Promise<{ hostId: string; mac: string; why: 'task' | 'ask' } | null> {
    const row = await this.#db
      .updateTable('boot_nonces')
      .set({ used_at: at })
      .where('nonce_hash', '=', hashOf(nonce))
      .where('used_at', 'is', null)
      .returning(['host_id', 'mac', 'why'])
      .executeTakeFirst();
    return row ? { hostId: row.host_id, mac: row.mac, why: row.why } : null;
  }

  async addCode(code: string, at: number, validUntil: number, tries: number): Promise<void> {
    await this.#db.deleteFrom('technician_codes').where('valid_until', '<', at).execute();
    await this.#db
      .insertInto('technician_codes')
      .values({ code_hash: hashOf(code), created_at: at, valid_until: validUntil, tries_left: tries })
      .execute();
  }

  /**
   * Tries a code. A wrong one costs every code that is still valid a try, since nobody can say which of
   * them was meant; a code without tries left is gone.
   */
  async tryCode(code: string, at: number): Promise<'good' | 'wrong' | 'none-valid'> {
    await this.#db
      .deleteFrom('technician_codes')
      .where((eb) => eb.or([eb('valid_until', '<', at), eb('tries_left', '<=', 0)]))
      .execute();
    const codes = await this.#db.selectFrom('technician_codes').select('code_hash').execute();
    if (codes.length === 0) return 'none-valid';
    if (codes.some((row) => row.code_hash === hashOf(code))) return 'good';
    await this.#db
      .updateTable('technician_codes')
      .set((eb) => ({ tries_left: eb('tries_left', '-', 1) }))
      .execute();
    return 'wrong';
  }

  async addApiToken(token: string, label: string, at: number): Promise<void> {
    await this.#db
      .insertInto('api_tokens')
      .values({ token_hash: hashOf(token), label, created_at: at })
      .execute();
  }

  async apiTokenLabel(token: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('api_tokens')
      .select('label')
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return row?.label ?? null;
  }
}
