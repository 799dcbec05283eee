import { toMimeoError } from '../errors.ts';
import { findDhcpServers } from '../netboot/index.ts';
import type { NetworkCard } from './network-card.ts';

/** Some servers first make sure that the address they offer is free, which takes them three seconds. */
const WAIT_MS = 4500;

/** What is known of the site's own DHCP servers. */
export interface SiteDhcp {
  /** Addresses of the servers that offer addresses. */
  readonly servers: readonly string[];
  /** Why they could not be asked, or what else was heard; null when all is well. */
  readonly warning: string | null;
}

/** Asks the network who serves addresses there, once, while the server starts. */
export class SiteDhcpSearch {
  #found: SiteDhcp | null = null;

  /** Null while nobody knows yet. */
  get found(): SiteDhcp | null {
    return this.#found;
  }

  /** Must be called while we may open port 68. */
  async run(card: NetworkCard, signal: AbortSignal): Promise<SiteDhcp> {
    this.#found = await search(card, signal);
    return this.#found;
  }
}

async function search(card: NetworkCard, signal: AbortSignal): Promise<SiteDhcp> {
  try {
    const found = await findDhcpServers({ address: card.address, timeoutMs: WAIT_MS, signal });
    const others = found.filter((server) => server.bootFile !== null || server.offers === null);
    return {
      servers: found.filter((server) => server.offers !== null).map((server) => server.address),
      warning:
        others.length === 0
          ? null
          : `${others.map(describe).join(', ')}: hosts may follow it instead of Mimeo. Switch its network boot off.`,
    };
  } catch (error) {
    // Ctrl-C while it was looked for.
    if (signal.aborted) return { servers: [], warning: null };
    const { message, next } = toMimeoError(error);
    return { servers: [], warning: `The site's DHCP server could not be looked for: ${message} ${next}` };
  }
}

function describe({ address, bootFile }: { address: string; bootFile: string | null }): string {
  return bootFile === null
    ? `${address} answers network boots too`
    : `${address} names the boot file ${bootFile}`;
}
