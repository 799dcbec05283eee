import { join } from 'node:path';
import type { LabNetwork, Outlet } from '../../../lab/network/index.ts';
import { SUBNET } from '../../../lab/network/index.ts';
import { writeRandom } from '../../../lab/torture/rig/masters.ts';
import { run } from '../../../src/command.ts';
import { mountMemory, openNetwork } from '../bench-room.ts';
import type { LabBenchOptions } from '../options.ts';

/** A machine of the room: its cable, its address, and the folder in memory that files go to. */
export interface Place {
  readonly outlet: Outlet;
  readonly address: string;
  readonly folder: string;
}

/** The same network as Mimeo's, with a file at the server's place that all hosts are to have. */
export class PeerRoom {
  readonly network: LabNetwork;
  readonly server: Place;
  readonly hosts: readonly Place[];
  /** The file at the server's place; hosts get it under the same name in their folders. */
  readonly file: string;
  readonly bytes: number;

  private constructor(network: LabNetwork, server: Place, hosts: readonly Place[], bytes: number) {
    this.network = network;
    this.server = server;
    this.hosts = hosts;
    this.file = fileIn(server);
    this.bytes = bytes;
  }

  static async open(options: LabBenchOptions): Promise<PeerRoom> {
    const network = await openNetwork(options);
    try {
      const files = join(network.folder, 'files');
      await mountMemory(files, (options.hosts + 1) * (options.mib + 1) + 8);
      const place = async (name: string, number: number): Promise<Place> => {
        const address = `${SUBNET}.${number}`;
        const folder = join(files, name);
        await run(['mkdir', folder]);
        return { outlet: await network.plugIn(name, { address }), address, folder };
      };
      const server = await place('server', 2);
      const hosts: Place[] = [];
      for (let i = 0; i < options.hosts; i++) hosts.push(await place(`PC${i + 1}`, 21 + i));
      const bytes = options.mib * 1_048_576;
      await writeRandom(fileIn(server), bytes);
      return new PeerRoom(network, server, hosts, bytes);
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Fails unless all these have the file; then they have it no more. */
  async checkAndClear(hosts: readonly Place[]): Promise<void> {
    for (const host of hosts) {
      await run(['cmp', '--silent', this.file, fileIn(host)]);
      await run(['rm', fileIn(host)]);
    }
  }

  close(): void {
    this.network.close();
  }
}

/** Where the file lies at a place. */
export function fileIn({ folder }: Place): string {
  return join(folder, 'image');
}
