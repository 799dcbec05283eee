import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabProcess } from '../process.ts';
import { type LabNetwork, SUBNET } from './lab-network.ts';

export interface SiteDhcpOptions {
  /**
   * More lines of dnsmasq's configuration. The site's DHCP server knows nothing of network boot; a test of
   * the lab itself may add boot files and TFTP here.
   */
  readonly extra?: readonly string[];
}

/** A lease as dnsmasq keeps it. */
export interface Lease {
  readonly mac: string;
  readonly address: string;
  readonly name: string;
}

/** The site's own DHCP server: a real dnsmasq that hands out addresses and nothing else. */
export class SiteDhcp {
  static readonly address = `${SUBNET}.1`;
  readonly process: LabProcess;
  readonly #leaseFile: string;

  private constructor(process: LabProcess, leaseFile: string) {
    this.process = process;
    this.#leaseFile = leaseFile;
  }

  static async start(network: LabNetwork, options: SiteDhcpOptions = {}): Promise<SiteDhcp> {
    const outlet = await network.plugIn('dhcp', { address: SiteDhcp.address });
    const leaseFile = join(network.folder, 'dhcp.leases');
    const configuration = join(network.folder, 'dnsmasq.conf');
    await writeFile(configuration, dnsmasqConfiguration(leaseFile, options.extra ?? []));
    const argv = [...outlet.at, 'dnsmasq', '--keep-in-foreground', `--conf-file=${configuration}`];
    const process = await LabProcess.start(argv, {
      name: 'dnsmasq',
      holdings: network.holdings,
      logFile: join(network.folder, 'dnsmasq.txt'),
    });
    await process.said.waitFor(/DHCP, IP range/, 10_000);
    return new SiteDhcp(process, leaseFile);
  }

  async leases(): Promise<Lease[]> {
    return parseLeases(await readFile(this.#leaseFile, 'utf8'));
  }
}

/** The whole configuration; nothing of the machine's own dnsmasq is read. */
export function dnsmasqConfiguration(leaseFile: string, extra: readonly string[]): string {
  const lines = [
    'port=0',
    'interface=eth0',
    'bind-interfaces',
    `dhcp-range=${SUBNET}.100,${SUBNET}.200,255.255.255.0,1h`,
    'dhcp-authoritative',
    // Asking the network whether an address is free costs every boot three seconds.
    'no-ping',
    `dhcp-leasefile=${leaseFile}`,
    'log-dhcp',
    'log-facility=-',
    'user=root',
    'pid-file=',
    ...extra,
  ];
  return `${lines.join('\n')}\n`;
}

/** Reads dnsmasq's lease file: expiry, MAC, address, name (`*` without one), client id. */
export function parseLeases(text: string): Lease[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length >= 5)
    .map(([, mac = '', address = '', name = '']) => ({ mac, address, name: name === '*' ? '' : name }));
}
