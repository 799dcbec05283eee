import type { NetworkCard } from './network-card.ts';

export async function siteDhcpServers(_card: NetworkCard, _signal: AbortSignal): Promise<string[]> {
  return [];
}
