import { readFileSync } from 'node:fs';

/**
 * The MAC behind a neighbour's IPv4 address, from the kernel's own table, so that a file asked for over TFTP
 * finds its host. Null for hosts behind a router, whose MAC never reaches us.
 */
export function neighbourMac(address: string): string | null {
  let table: string;
  try {
    table = readFileSync('/proc/net/arp', 'latin1');
  } catch {
    return null; // no Linux, or no /proc: the timeline then shows the address alone
  }
  return macInTable(table, address);
}

/** Finds an address in the text of /proc/net/arp; an entry that is not resolved is all zeros. */
export function macInTable(table: string, address: string): string | null {
  for (const line of table.split('\n')) {
    const [ip, , , mac] = line.split(/\s+/);
    if (ip === address && mac !== undefined && mac !== '00:00:00:00:00:00') return mac.toLowerCase();
  }
  return null;
}
