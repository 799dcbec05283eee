import { MimeoError } from '../../errors.ts';
import type { Secret } from './secret.ts';

/** More than any host needs: it asks again only when it lost power between the delivery and its next start. */
const MOST_DELIVERIES = 5;

interface Entry {
  readonly hostId: string;
  /** Null once it was handed out. */
  readonly blob: Secret | null;
  readonly deliveries: number;
}

/**
 * The blobs of tasks that are under way, in memory only. Each is handed out once, to the host it was made for; who
 * needs it again gets a new one: the domain takes the password of the first for an hour at most (KB 906305).
 */
export class BlobLedger {
  readonly #entries = new Map<string, Entry>();

  /** Keeps a fresh blob for a task. One that waited is forgotten. */
  put(taskId: string, hostId: string, blob: Secret): void {
    const deliveries = this.#entries.get(taskId)?.deliveries ?? 0;
    this.#entries.set(taskId, { hostId, blob, deliveries });
  }

  /**
   * @returns the blob, which is gone from here then; null when there is none: provision a new one (with `mayReset`, as
   * the account is this task's own) and put it
   * @throws MimeoError `not-allowed` for another host, and for one that asks without end
   */
  take(taskId: string, hostId: string): Secret | null {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) return null;
    if (entry.hostId !== hostId) {
      throw new MimeoError(
        'not-allowed',
        `Host ${hostId} asked for the domain join of task ${taskId}, which is not its own.`,
      );
    }
    if (entry.deliveries >= MOST_DELIVERIES) {
      throw new MimeoError(
        'not-allowed',
        `Host ${hostId} asked ${MOST_DELIVERIES} times for its domain join, and does not get on.`,
        {
          next: 'Look at the host; then cancel its task and order the deployment again.',
        },
      );
    }
    if (entry.blob === null) return null;
    this.#entries.set(taskId, { hostId, blob: null, deliveries: entry.deliveries + 1 });
    return entry.blob;
  }

  /** When a task has ended. */
  forget(taskId: string): void {
    this.#entries.delete(taskId);
  }
}
