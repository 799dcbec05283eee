import { join } from 'node:path';
import type { LabNetwork, OutletOptions } from '../../lab/network/index.ts';
import { AgentHost } from '../../lab/torture/rig/agent-host.ts';
import { blankDisk } from '../../lab/torture/rig/masters.ts';
import { processorSeconds } from './processor-time.ts';

/** What is wrong with a host of the bench. */
export type Fault = 'none' | 'killed' | 'slow' | 'corrupt';

export interface BenchHostOptions {
  readonly name: string;
  readonly lab: string;
  /** The last part of its address. */
  readonly number: number;
  readonly fault: Fault;
  readonly outlet: OutletOptions;
  /** Where its disk lies, in memory. */
  readonly disk: string;
  readonly diskBytes: number;
  readonly server: string;
  /** Whether it takes part in the swarm. */
  readonly neighbours: boolean;
}

const RING_BYTES = 64 * 1_048_576;

/** What it said when its disk was whole. */
export interface Landed {
  /** Milliseconds since the epoch: when it was handed the order, and when the last byte was right on its disk. */
  readonly takenAt: number;
  readonly wholeAt: number;
  readonly writtenBytes: number;
  readonly networkBytes: number;
}

/** A real agent at its port, with a file in memory for a disk. */
export class BenchHost {
  readonly name: string;
  readonly lab: string;
  readonly fault: Fault;
  readonly disk: string;
  readonly agent: AgentHost;
  readonly #diskBytes: number;
  readonly #neighbours: boolean;
  #from = 0;
  #on = false;
  #processorAtEnd = 0;

  private constructor(agent: AgentHost, options: BenchHostOptions) {
    this.agent = agent;
    this.name = options.name;
    this.lab = options.lab;
    this.fault = options.fault;
    this.disk = options.disk;
    this.#diskBytes = options.diskBytes;
    this.#neighbours = options.neighbours;
  }

  static async plugIn(network: LabNetwork, options: BenchHostOptions): Promise<BenchHost> {
    const { name, number, disk, diskBytes, server, outlet, fault, neighbours } = options;
    const bad =
      fault === 'corrupt'
        ? { preload: join(import.meta.dirname, '../../lab/torture/rig/corrupt-sender.ts') }
        : {};
    const agent = await AgentHost.plugIn(network, {
      ...{ name, number, disk, diskBytes, server, outlet, ...bad },
      ways: { readBack: false, ringBytes: RING_BYTES, neighbours },
    });
    const host = new BenchHost(agent, options);
    await host.blank();
    return host;
  }

  /** Its disk is a new one. */
  async blank(): Promise<void> {
    await blankDisk(this.disk, this.#diskBytes);
  }

  async powerOn(): Promise<void> {
    await this.agent.powerOn();
    this.#on = true;
  }

  /** What it says from here on is about the next order. */
  mark(): void {
    this.#from = this.#on ? this.agent.process.said.here : 0;
  }

  /** Waits until the order given since `mark` has its disk whole. */
  async landed(timeoutMs: number): Promise<Landed> {
    const { said } = this.agent.process;
    const whole = /^(\d+) \S+: (\d+) bytes written, \d+ found on the disk, (\d+) over the network/m;
    const end = await said.waitFor(whole, timeoutMs, this.#from);
    const [, taken] = /^(\d+) deploy task/m.exec(said.text.slice(this.#from)) ?? [];
    return {
      takenAt: Number(taken),
      wholeAt: Number(end[1]),
      writtenBytes: Number(end[2]),
      networkBytes: Number(end[3]),
    };
  }

  /** Waits until it has told the server of the end, stays for nobody, and waits for more work. */
  async idle(timeoutMs: number): Promise<void> {
    const { said } = this.agent.process;
    const end = await said.waitFor(/^\d+ task \S+ (\w+)$/m, timeoutMs, this.#from);
    if (end[1] !== 'finished') throw new Error(`${this.name}: its task ${end[1]}:\n${said.tail(40)}`);
    if (this.#neighbours) await said.waitFor(/^\d+ sent \d+ bytes to neighbours/m, timeoutMs, this.#from);
  }

  /** How many chunks it has sent with a wrong byte. */
  get corrupted(): number {
    return this.agent.process.said.text.match(/^corrupted body/gm)?.length ?? 0;
  }

  async powerCut(): Promise<void> {
    this.#processorAtEnd = await this.processorSeconds();
    await this.agent.powerCut();
  }

  /** Processor time since it was switched on, also after a power cut. */
  async processorSeconds(): Promise<number> {
    return Math.max(this.#processorAtEnd, await processorSeconds(this.agent.process.pid));
  }
}
