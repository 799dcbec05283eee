import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { LabNetwork, type Outlet, SUBNET } from '../../lab/network/index.ts';
import { ServerRig } from '../../lab/torture/rig/server-rig.ts';
import { type DeployRequest, deploymentSchema, previewSchema } from '../../src/api/index.ts';
import { run } from '../../src/command.ts';
import { distinctDisk } from './distinct-disk.ts';
import { type HostJob, type HostTiming, macOf } from './host-job.ts';
import { SimulatedHosts } from './simulated-hosts.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
/** The image that is measured, and a small one that hosts get so that they are registered and wait for work. */
export const IMAGE = 'school';
const WARM = 'warm';
const WARM_CHUNKS = 4;
const LABS = 10;
const MANIFEST_MS = 60_000;
const WARM_MS = 300_000;

const loopLine = z.object({ p50: z.number(), p99: z.number(), max: z.number() });

export interface ControlRoomOptions {
  readonly hosts: number;
  readonly chunks: number;
  readonly processes: number;
  readonly timing: HostTiming;
  /** A folder for a CPU profile of the server, of the order that is measured. */
  readonly profile: string | null;
}

/** The real server in a namespace of its own, and processes full of simulated hosts in another. */
export class ControlRoom {
  readonly network: LabNetwork;
  readonly server: ServerRig;
  readonly options: ControlRoomOptions;
  readonly #outlet: Outlet;
  #diskBytes = 0;

  private constructor(
    network: LabNetwork,
    parts: { server: ServerRig; outlet: Outlet; options: ControlRoomOptions },
  ) {
    this.network = network;
    this.server = parts.server;
    this.#outlet = parts.outlet;
    this.options = parts.options;
  }

  /** The server runs, and its images and its manifest are there. */
  static async open(options: ControlRoomOptions): Promise<ControlRoom> {
    const network = await new LabNetwork().open();
    try {
      const nodeOptions = ['--import', join(import.meta.dirname, 'loop-probe.ts')];
      if (options.profile !== null) nodeOptions.push('--import', profiler(options.profile));
      const server = await ServerRig.start(network, join(network.folder, 'data'), nodeOptions);
      const outlet = await network.plugIn('hosts', { address: `${SUBNET}.21` });
      const room = new ControlRoom(network, { server, outlet, options });
      await room.#importImage(WARM, WARM_CHUNKS);
      room.#diskBytes = await room.#importImage(IMAGE, options.chunks);
      await room.#enlist();
      return room;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Switches all hosts on; they get a small image, stay, and wait for work. */
  async register(): Promise<readonly SimulatedHosts[]> {
    await this.order(WARM);
    const hosts = await this.switchOn();
    await Promise.all(hosts.map((one) => one.waiting(WARM_MS)));
    return hosts;
  }

  /** Switches all hosts on: each asks what to boot. */
  async switchOn(): Promise<readonly SimulatedHosts[]> {
    const { hosts, processes, timing } = this.options;
    const each = Math.ceil(hosts / processes);
    const jobs: HostJob[] = [];
    for (let first = 1; first <= hosts; first += each) {
      const count = Math.min(each, hosts - first + 1);
      const part = { first, count, diskBytes: this.#diskBytes, image: IMAGE, timing };
      jobs.push({ server: this.server.url, ...part });
    }
    return Promise.all(jobs.map((job) => SimulatedHosts.start(this.network, this.#outlet, job)));
  }

  /** Releases one order for all hosts. @returns when, in milliseconds since the epoch */
  async order(image: string): Promise<number> {
    const wish: DeployRequest = { targets: ['all'], image, after: 'stay' };
    const preview = previewSchema.parse(await this.server.post('/api/v1/deployments/preview', wish));
    if (preview.refused.length > 0) throw new Error(`refused: ${JSON.stringify(preview.refused[0])}`);
    const at = Date.now();
    deploymentSchema.parse(
      await this.server.post('/api/v1/deployments', { ...wish, digest: preview.digest }),
    );
    return at;
  }

  /** The real command, as a process of its own beside the server. */
  async mimeo(args: readonly string[]): Promise<string> {
    const command = [join(PROJECT, 'src/cli/main.ts'), '--data', this.server.data, ...args];
    const { stdout } = await run([process.execPath, ...command]);
    return stdout.toString();
  }

  /** How late the server's timers were since the last call; milliseconds. */
  async loopDelay(): Promise<z.infer<typeof loopLine>> {
    const { said, pid } = this.server.process;
    const from = said.here;
    process.kill(pid, 'SIGWINCH');
    const [, json = ''] = await said.waitFor(/^loop (\{.*\})$/m, 20_000, from);
    return loopLine.parse(JSON.parse(json));
  }

  /** From here on its peak is counted anew. */
  async forgetPeakMemory(): Promise<void> {
    await writeFile(`/proc/${this.server.process.pid}/clear_refs`, '5');
  }

  /** The most memory that the server had, bytes. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.server.process.pid}/status`, 'latin1');
    const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
    return Number(kib) * 1024;
  }

  close(): void {
    this.network.close();
  }

  async #importImage(name: string, chunks: number): Promise<number> {
    const path = join(this.network.folder, `${name}.raw`);
    const bytes = await distinctDisk(path, chunks);
    await this.mimeo(['image', 'import', path, '--name', name, '--format', 'raw']);
    return bytes;
  }

  async #enlist(): Promise<void> {
    const { hosts } = this.options;
    const rows = Array.from({ length: hosts }, (_, i) => {
      const lab = Math.floor((i * LABS) / hosts) + 1;
      return `${macOf(i + 1)},${IMAGE},PC${i + 1},Lab-${lab}\n`;
    });
    await this.server.saveManifest(`mac,image,name,lab\n${rows.join('')}`);
    await this.server.until(
      'the manifest is in force',
      MANIFEST_MS,
      async () => (await this.server.status()).manifest.rows === hosts,
    );
  }
}

/** What Node is told to load so that the server's profile is written into this folder. */
function profiler(folder: string): string {
  const probe = pathToFileURL(join(import.meta.dirname, 'profile-probe.ts'));
  probe.searchParams.set('folder', resolve(folder));
  return probe.href;
}
