import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskView } from '../../../src/api/index.ts';
import { run } from '../../../src/command.ts';
import {
  decodeIndex,
  type ImageIndex,
  importSigningKey,
  publicKeyOf,
  verifyIndex,
} from '../../../src/image/index.ts';
import { LabNetwork, type OutletOptions, SiteDhcp } from '../../network/index.ts';
import { AgentHost, type AgentHostOptions } from './agent-host.ts';
import { ServerRig } from './server-rig.ts';

const TASK_MS = 120_000;
/** The name that the hosts' disks have in their folder. */
const DISKS = 'disks';

export interface AgentRoomOptions {
  /** The data folder gets a filesystem of its own, of this size. */
  readonly dataMib?: number;
  /** Hosts' disks lie in memory; more than all of them need. */
  readonly disksMib?: number;
  /** Speed of the ports, as tc writes it; default: as fast as the machine. */
  readonly portRate?: string;
}

/** A network with the real server and hosts that are agent processes. */
export class AgentRoom {
  readonly network: LabNetwork;
  readonly server: ServerRig;
  readonly #rows = new Map<string, string>();
  #hosts = 0;

  private constructor(network: LabNetwork, server: ServerRig) {
    this.network = network;
    this.server = server;
  }

  static async open({ dataMib, disksMib = 1024, portRate }: AgentRoomOptions = {}): Promise<AgentRoom> {
    const network = await new LabNetwork(portRate === undefined ? {} : { portRate }).open();
    try {
      await mountMemory(join(network.folder, DISKS), disksMib);
      const data = join(network.folder, 'data');
      if (dataMib !== undefined) await mountMemory(data, dataMib);
      await SiteDhcp.start(network);
      return new AgentRoom(network, await ServerRig.start(network, data));
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Where a disk of this name lies. */
  disk(name: string): string {
    return join(this.network.folder, DISKS, `${name}.raw`);
  }

  /** A host at an outlet of its own, off. Its disk has to be there when it is switched on. */
  async host(
    name: string,
    options: Pick<AgentHostOptions, 'ways' | 'preload'> & { readonly outlet?: OutletOptions } = {},
  ): Promise<AgentHost> {
    const number = 20 + this.#hosts++;
    const place = { name, number, disk: this.disk(name), server: this.server.url };
    return AgentHost.plugIn(this.network, { ...place, ...options });
  }

  /** Puts a host into the manifest and waits until that is in force. */
  async assign(host: AgentHost, image: string, name: string, lab = ''): Promise<void> {
    this.#rows.set(host.mac, `${host.mac},${image},${name},${lab}`);
    await this.server.saveManifest(`mac,image,name,lab\n${[...this.#rows.values()].join('\n')}\n`);
    await this.server.until(
      'the manifest is in force',
      10_000,
      async () => (await this.server.status()).manifest.rows === this.#rows.size,
    );
  }

  /** Makes a disk what another is; holes stay holes. */
  async copyDisk(from: string, to: string): Promise<void> {
    await run(['cp', '--sparse=always', from, to]);
  }

  /** Makes an image of a disk; the machine stands beside the server. */
  async capture(disk: string, image: string): Promise<TaskView> {
    const { network, server } = this;
    const host = await AgentHost.standAt(network, server.outlet, {
      name: 'master',
      disk,
      server: server.url,
    });
    await host.introduce();
    const { id } = await server.capture(host.mac, image);
    await host.powerOn();
    const task = await this.ended(id);
    // A host whose task failed stays on and shows why.
    if (task.status === 'done') await host.off();
    else await host.powerCut();
    return task;
  }

  /** Captures it and fails unless that went well. */
  async makeImage(disk: string, image: string): Promise<ImageIndex> {
    const { status, words } = await this.capture(disk, image);
    if (status !== 'done') throw new Error(`the capture of ${image} ended ${status}: ${words}`);
    return this.index(image, 1);
  }

  /** The one task of an order, ended. */
  async ended(id: string): Promise<TaskView> {
    const [task] = await this.server.ended(id, TASK_MS);
    if (task === undefined) throw new Error(`the order ${id} has no task`);
    return task;
  }

  /** What the store's own file says of an image. */
  async index(image: string, version: number): Promise<ImageIndex> {
    const pem = await readFile(join(this.server.data, 'keys/index-signing.pem'), 'utf8');
    const signed = await readFile(join(this.server.data, 'store/images', image, `${version}.idx`));
    return decodeIndex(verifyIndex(signed, [publicKeyOf(importSigningKey(pem))]));
  }

  close(): void {
    this.network.close();
  }
}

/** A filesystem in memory; the run's folder is unmounted with all below it at the end. */
async function mountMemory(folder: string, mib: number): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  await run(['mount', '-t', 'tmpfs', '-o', `size=${mib}m,mode=755`, 'mimeo-torture', folder]);
}
