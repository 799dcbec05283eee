import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiskFacts, readDisk } from '../compare/index.ts';
import { type Master, masters } from '../masters/index.ts';
import { LabNetwork, type LabNetworkOptions, SiteDhcp } from '../network/index.ts';
import { MimeoServer } from '../server.ts';

/** Words of a .reg file of the share; the host's name is filled in for each host. */
export const REG_FILE = [
  'Windows Registry Editor Version 5.00',
  '',
  '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Schule]',
  '"Rechner"="{{host.name}}"',
  '"Straße"="Süd"',
  '',
].join('\r\n');

/** What the stories play in: a network with the site's DHCP server, Mimeo beside it, and the masters. */
export class Room {
  readonly network: LabNetwork;
  readonly dhcp: SiteDhcp;
  readonly server: MimeoServer;
  readonly masters: { readonly bios: Master; readonly uefi: Master };
  readonly #facts = new Map<string, Promise<DiskFacts>>();

  private constructor(
    network: LabNetwork,
    dhcp: SiteDhcp,
    server: MimeoServer,
    both: { readonly bios: Master; readonly uefi: Master },
  ) {
    this.network = network;
    this.dhcp = dhcp;
    this.server = server;
    this.masters = both;
  }

  static async open(options: LabNetworkOptions = {}): Promise<Room> {
    const both = await masters();
    const network = await new LabNetwork(options).open();
    try {
      const dhcp = await SiteDhcp.start(network);
      const server = await MimeoServer.start(network);
      const reg = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(REG_FILE, 'utf16le')]);
      await writeFile(join(server.data, 'share/registry/schule.reg'), reg);
      return new Room(network, dhcp, server, both);
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Everything about a disk file; a disk is read once, so call it when its machine is off for good. */
  facts(disk: string): Promise<DiskFacts> {
    const known = this.#facts.get(disk);
    if (known !== undefined) return known;
    const options = { folder: this.network.folder, holdings: this.network.holdings };
    const facts = readDisk(disk, options);
    this.#facts.set(disk, facts);
    return facts;
  }

  close(): void {
    this.network.close();
  }
}
