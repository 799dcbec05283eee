import { toMimeoError } from '../errors.ts';
import { findDhcpServers } from '../netboot/index.ts';
import type { NetworkCard } from './network-card.ts';

/** Long enough for a server that answers; a start without one takes this long. */
const WAIT_MS = 1800;
const SETTLE_MS = 300;

/** What the console and the status say of the site's own DHCP servers. */
export interface SiteDhcp {
  /** One entry per server that offers addresses, in words. */
  readonly servers: readonly string[];
  /** Why it could not be asked, or what else was heard; null when all is well. */
  readonly warning: string | null;
}

/** Asks the network who serves addresses there. Must run while we may open port 68. */
export async function findSiteDhcp(card: NetworkCard, signal: AbortSignal): Promise<SiteDhcp> {
  try {
    const found = await findDhcpServers({
      address: card.address,
      timeoutMs: WAIT_MS,
      settleMs: SETTLE_MS,
      signal,
    });
    const others = found.filter((server) => server.bootFile !== null);
    return {
      servers: found.filter((server) => server.offers !== null).map((server) => server.address),
      warning:
        others.length === 0
          ? null
          : `${others.map((server) => `${server.address} names the boot file ${server.bootFile}`).join(', ')}: hosts may follow it instead of Mimeo.`,
    };
  } catch (error) {
    const { message, next } = toMimeoError(error);
    return { servers: [], warning: `The site's DHCP server could not be looked for: ${message} ${next}` };
  }
}
