import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { run } from '../../../src/command.ts';
import { type LabNetwork, type Outlet, type OutletOptions, SUBNET } from '../../network/index.ts';
import { LabProcess } from '../../process.ts';
import type { AgentBootJob } from './agent-boot.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const links = z.tuple([z.object({ address: z.string() })]);
const loops = z.object({ loopdevices: z.array(z.object({ name: z.string() })) });

export interface AgentHostOptions {
  readonly name: string;
  /** A raw file, or a block device with its size. */
  readonly disk: string;
  readonly diskBytes?: number;
  /** The server's URL. */
  readonly server: string;
  /** A module that its process loads first, such as one that makes it a bad neighbour. */
  readonly preload?: string;
  readonly ways?: AgentBootJob['ways'];
}

/** A host that is no virtual machine: the real agent as a process in its own namespaces, with a file for a disk. */
export class AgentHost {
  readonly name: string;
  readonly mac: string;
  readonly outlet: Outlet;
  disk: string;
  readonly #options: AgentHostOptions;
  readonly #network: LabNetwork;
  #process: LabProcess | null = null;

  private constructor(network: LabNetwork, outlet: Outlet, mac: string, options: AgentHostOptions) {
    this.#network = network;
    this.outlet = outlet;
    this.#options = options;
    this.name = options.name;
    this.mac = mac;
    this.disk = options.disk;
  }

  /** A host at an outlet of its own; `number` is the last part of its address. */
  static async plugIn(
    network: LabNetwork,
    options: AgentHostOptions & { readonly number: number; readonly outlet?: OutletOptions },
  ): Promise<AgentHost> {
    const address = `${SUBNET}.${options.number}`;
    const outlet = await network.plugIn(options.name, { ...options.outlet, address });
    return AgentHost.standAt(network, outlet, options);
  }

  /** A host where another machine stands already, so that no cable lies between the two. */
  static async standAt(network: LabNetwork, outlet: Outlet, options: AgentHostOptions): Promise<AgentHost> {
    const link = await run(['ip', '-n', outlet.namespace, '-json', 'link', 'show', outlet.nic]);
    const [{ address }] = links.parse(JSON.parse(link.stdout.toString()));
    return new AgentHost(network, outlet, address, options);
  }

  /** Asks for its boot script and goes no further, so that the server has seen it. */
  async introduce(): Promise<void> {
    const query = `mac=${this.mac.replaceAll(':', '-')}&uuid=&platform=pcbios&arch=i386&nic=&serial=`;
    const program = `await fetch(process.argv[1])`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    await run([...this.outlet.at, ...node, `${this.#options.server}/boot/script?${query}`]);
  }

  /** What it said since it was switched on. */
  get process(): LabProcess {
    if (this.#process === null) throw new Error(`${this.name} was never switched on`);
    return this.#process;
  }

  get isOn(): boolean {
    return this.#process?.running ?? false;
  }

  async powerOn(): Promise<LabProcess> {
    const { server, diskBytes, preload, ways } = this.#options;
    const job: AgentBootJob = {
      server,
      nic: this.outlet.nic,
      disk: this.disk,
      diskBytes: diskBytes ?? (await stat(this.disk)).size,
      ...(ways === undefined ? {} : { ways }),
    };
    const machine = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const node = [process.execPath, ...(preload === undefined ? [] : ['--import', preload])];
    const agent = [...node, join(import.meta.dirname, 'agent-boot.ts'), JSON.stringify(job)];
    this.#process = await LabProcess.start([...this.outlet.at, ...machine, ...agent], {
      name: this.name,
      logFile: join(this.#network.folder, `${this.name}.txt`),
      holdings: this.#network.holdings,
      cwd: PROJECT,
    });
    return this.#process;
  }

  /** The agent itself: the only child of the machine's first process. */
  async agentPid(): Promise<number> {
    const { pid } = this.process;
    return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1'));
  }

  /** Waits until it has switched itself off. */
  async off(timeoutMs = 60_000): Promise<void> {
    const enough = new AbortController();
    const late = wait(timeoutMs, 'late' as const, { signal: enough.signal });
    const how = await Promise.race([this.process.ended, late]);
    enough.abort();
    await late.catch(() => undefined);
    if (how === 'late') throw new Error(`${this.name} is still on:\n${this.process.said.tail()}`);
  }

  /** Pulls the plug: the agent and all it started are gone, and so are its views of the disk. */
  async powerCut(): Promise<void> {
    await this.process.stop('SIGKILL');
    const { stdout } = await run(['losetup', '--json', '--associated', this.disk]);
    if (stdout.length === 0) return;
    for (const { name } of loops.parse(JSON.parse(stdout.toString())).loopdevices) {
      await run(['losetup', '--detach', name]);
    }
  }
}
