import type { DeploymentView, SwarmView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatSize, formatSpeed } from '../format/quantity.ts';
import { renderTable } from '../format/table.ts';

/** How many of those that it had most from are named for each machine. */
const NAMED = 3;

/** Who had how much from whom: a line for each machine, and what the server sent of it all. */
export function renderTraffic(deployment: DeploymentView, traffic: SwarmView, paint: Paint): string[] {
  if (traffic.hosts.length === 0) return ['Nothing was fetched since the server was started.'];
  const nameOf = (id: string | null): string =>
    id === null ? 'server' : hostNameOf(id, deployment, traffic);
  const hosts = traffic.hosts.toSorted((a, b) => (nameOf(a.hostId) < nameOf(b.hostId) ? -1 : 1));
  const most = (to: string): string =>
    traffic.flows
      .filter((flow) => flow.to === to)
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, NAMED)
      .map(({ from, bytes }) => `${nameOf(from)} ${formatSize(bytes)}`)
      .join(', ');
  const table = renderTable(
    hosts,
    [
      { title: 'HOST', cell: ({ hostId }) => nameOf(hostId) },
      { title: 'NOW', cell: ({ rates }) => speedWords(rates.at(-1)), align: 'right' },
      { title: 'FROM SERVER', cell: ({ fromServer }) => formatSize(fromServer), align: 'right' },
      { title: 'FROM NEIGHBOURS', cell: ({ fromPeers }) => formatSize(fromPeers), align: 'right' },
      { title: 'SENT', cell: ({ sent }) => formatSize(sent), align: 'right' },
      { title: 'MOST FROM', cell: ({ hostId }) => most(hostId) },
    ],
    paint,
  );
  return [...table, '', totalWords(traffic), ...renderRemarks(deployment, traffic, paint)];
}

/** Machines that their neighbours do without, and why: a line each. */
export function renderRemarks(deployment: DeploymentView, traffic: SwarmView, paint: Paint): string[] {
  return traffic.remarks.map(
    ({ hostId, words }) => `${paint('!', 'yellow')} ${hostNameOf(hostId, deployment, traffic)}: ${words}`,
  );
}

function hostNameOf(id: string, { tasks }: DeploymentView, { hosts }: SwarmView): string {
  const named = [...tasks, ...hosts].find(({ hostId }) => hostId === id);
  return named?.hostName ?? id;
}

function speedWords(rate: number | undefined): string {
  return rate === undefined || rate === 0 ? '' : formatSpeed(rate);
}

function totalWords({ serverBytes, peerBytes }: SwarmView): string {
  const all = serverBytes + peerBytes;
  const share = all === 0 ? 0 : Math.round((100 * serverBytes) / all);
  return `${formatSize(all)} in all: ${formatSize(serverBytes)} (${share} %) from the server, ${formatSize(peerBytes)} from neighbours.`;
}
