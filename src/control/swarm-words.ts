import { isIPv4 } from 'node:net';
import type { Verdict } from '../swarm/index.ts';

/**
 * Where a host stands, from the widest place to the narrowest: its network, then its lab, which stands for the
 * switch of that room. The first 24 bits of an address are taken for the network: where a site's is larger, some
 * chunks cross it once more than they would have to.
 */
export function groupsOf(address: string, lab: string | null): string[] {
  const plain = address.replace(/^::ffff:/i, '');
  const network = isIPv4(plain) ? plain.replace(/\.\d+$/, '.0/24') : plain.split(':').slice(0, 4).join(':');
  return lab === null ? [network] : [network, lab.toLowerCase()];
}

/** What a technician is told of a host that others cannot be sent to. */
export function verdictWords({ what, accusers }: Verdict): string {
  switch (what) {
    case 'wrong':
      return `${accusers} neighbours got damaged chunks from it: nobody is sent to it any more. Test its memory.`;
    case 'unreachable':
      return `${accusers} neighbours cannot reach it: a firewall between the hosts, or a switch that keeps its ports apart. They get their chunks elsewhere.`;
    case 'silent':
      return `${accusers} neighbours waited for chunks of it in vain: it is left alone for some seconds.`;
    case 'slow':
      return 'It takes chunks much more slowly than the others: a failing disk, a bad cable, or a port at 10 or 100 Mbit/s. The others do not wait for it.';
  }
}
