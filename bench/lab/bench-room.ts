import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabNetwork } from '../../lab/network/index.ts';
import { AgentHost } from '../../lab/torture/rig/agent-host.ts';
import { ServerRig } from '../../lab/torture/rig/server-rig.ts';
import type { DeploymentView, DeployRequest, ImageView } from '../../src/api/index.ts';
import { deploymentSchema, previewSchema } from '../../src/api/index.ts';
import { run } from '../../src/command.ts';
import { BenchHost, type Fault } from './bench-host.ts';
import { masterDisk } from './master-disk.ts';
import type { LabBenchOptions } from './options.ts';

/** The image that is measured, and a small one that hosts get so that they are registered and wait for work. */
const IMAGE = 'bench';
const WARM = 'warm';
const WARM_MIB = 4;
const FAR_SWITCH = 'far';
const MANIFEST_MS = 20_000;

/** The shaped network with the real server, the images, and the hosts. */
export class BenchRoom {
  readonly network: LabNetwork;
  readonly server: ServerRig;
  readonly image: ImageView;
  readonly master: string;
  readonly hosts: readonly BenchHost[];
  /** The one that comes later, if there is one. */
  readonly late: BenchHost | null;

  private constructor(parts: {
    network: LabNetwork;
    server: ServerRig;
    image: ImageView;
    master: string;
    hosts: readonly BenchHost[];
    late: BenchHost | null;
  }) {
    this.network = parts.network;
    this.server = parts.server;
    this.image = parts.image;
    this.master = parts.master;
    this.hosts = parts.hosts;
    this.late = parts.late;
  }

  static async open(options: LabBenchOptions): Promise<BenchRoom> {
    const { hosts: count, mib, compressible } = options;
    const network = await openNetwork(options);
    try {
      await mountMemory(join(network.folder, 'disks'), (count + 2) * (mib + 8) + WARM_MIB + 8);
      await mountMemory(join(network.folder, 'data'), mib + WARM_MIB + 128);
      const server = await ServerRig.start(network);
      const master = join(network.folder, 'disks', 'master.raw');
      const warm = join(network.folder, 'disks', 'warm.raw');
      const diskBytes = await masterDisk(master, mib, compressible);
      await masterDisk(warm, WARM_MIB, 1);
      await capture(network, server, warm, WARM);
      await capture(network, server, master, IMAGE);
      const image = (await server.images()).find(({ name }) => name === IMAGE);
      if (image === undefined) throw new Error('the image is not there');
      const all: BenchHost[] = [];
      for (let i = 0; i < count + (options.late ? 1 : 0); i++) {
        const name = `PC${i + 1}`;
        const fault = faultOf(i, options);
        const far = options.bridges === 2 && i >= count / 2;
        const outlet = {
          ...(far ? { switch: FAR_SWITCH } : {}),
          ...(fault === 'slow' ? { rate: `${options.bitsPerSecond / 10}bit` } : {}),
          isolated: options.firewall,
        };
        const disk = join(network.folder, 'disks', `${name}.raw`);
        const neighbours = options.sources === 'peers';
        const place = { name, number: 21 + i, disk, diskBytes, server: server.url, neighbours };
        all.push(await BenchHost.plugIn(network, { ...place, fault, lab: far ? 'Far' : 'Near', outlet }));
      }
      const hosts = all.slice(0, count);
      const room = new BenchRoom({ network, server, image, master, hosts, late: all[count] ?? null });
      await room.#enlist(all);
      return room;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Switches the hosts on and lets them get a small image, after which they stay and wait for work. */
  async register(): Promise<void> {
    await this.order(this.hosts, WARM);
    await Promise.all(this.hosts.map((host) => host.powerOn()));
    await Promise.all(this.hosts.map((host) => host.idle(180_000)));
  }

  /**
   * Releases one order for these hosts.
   *
   * @returns when, in milliseconds since the epoch
   */
  async order(hosts: readonly BenchHost[], image = IMAGE): Promise<{ id: string; at: number }> {
    const wish: DeployRequest = { targets: hosts.map(({ name }) => name), image, after: 'stay' };
    const preview = previewSchema.parse(await this.server.post('/api/v1/deployments/preview', wish));
    if (preview.refused.length > 0) throw new Error(`refused: ${JSON.stringify(preview.refused)}`);
    for (const host of hosts) host.mark();
    const at = Date.now();
    const order = { ...wish, digest: preview.digest };
    const deployment: DeploymentView = deploymentSchema.parse(
      await this.server.post('/api/v1/deployments', order),
    );
    return { id: deployment.id, at };
  }

  close(): void {
    this.network.close();
  }

  async #enlist(hosts: readonly BenchHost[]): Promise<void> {
    const rows = hosts.map(({ agent, name, lab }) => `${agent.mac},${IMAGE},${name},${lab}\n`);
    await this.server.saveManifest(`mac,image,name,lab\n${rows.join('')}`);
    await this.server.until(
      'the manifest is in force',
      MANIFEST_MS,
      async () => (await this.server.status()).manifest.rows === hosts.length,
    );
  }
}

export async function openNetwork(options: LabBenchOptions): Promise<LabNetwork> {
  const { rate, congestion, bridges, uplink } = options;
  const network = await new LabNetwork({ portRate: rate, congestion }).open();
  if (bridges === 2) await network.addSwitch(FAR_SWITCH, uplink);
  return network;
}

/** A filesystem in memory; it is unmounted with the run's folder. */
export async function mountMemory(folder: string, mib: number): Promise<void> {
  await mkdir(folder, { mode: 0o755 });
  await run(['mount', '-t', 'tmpfs', '-o', `size=${mib}m,mode=755`, 'mimeo-bench', folder]);
}

/** The last ones are the bad ones; the first is always healthy, and so is the late one. */
function faultOf(at: number, { hosts, kill, slow, corrupt }: LabBenchOptions): Fault {
  const fromEnd = hosts - 1 - at;
  if (fromEnd < 0) return 'none';
  if (fromEnd < kill) return 'killed';
  if (fromEnd < kill + slow) return 'slow';
  return fromEnd < kill + slow + corrupt ? 'corrupt' : 'none';
}

/** The master stands beside the server, so that its capture does not wait for the slow cable. */
async function capture(network: LabNetwork, server: ServerRig, disk: string, image: string): Promise<void> {
  const options = { name: `master-${image}`, disk, server: server.url };
  const master = await AgentHost.standAt(network, server.outlet, options);
  await master.introduce();
  const { id } = await server.capture(master.mac, image);
  await master.powerOn();
  const [task] = await server.ended(id, 300_000);
  if (task?.status !== 'done') throw new Error(`the capture ended ${task?.status}: ${task?.words}`);
  await master.off();
}
