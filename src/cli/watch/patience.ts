import { setTimeout as delay } from 'node:timers/promises';
import { MimeoError } from '../../errors.ts';
import type { Session } from '../session.ts';
import { joined } from '../session.ts';

/** A server that is being restarted is back within this time; deployments survive that. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 1_000;

/** Asks the server, and again while it cannot be reached, saying so once. */
export async function patiently<T>(session: Session, ask: () => Promise<T>): Promise<T> {
  const start = session.now();
  let said = false;
  while (true) {
    try {
      return await ask();
    } catch (error) {
      const restarting = error instanceof MimeoError && error.code === 'server-unreachable';
      if (!restarting || session.now() - start > PATIENCE_MS) throw error;
      if (!said) session.terminal.err(joined(['The server does not answer; waiting for it.']));
      said = true;
      await delay(PAUSE_MS, undefined, { signal: session.signal }).catch(() => {
        throw session.signal.reason;
      });
    }
  }
}
