import { setTimeout as wait } from 'node:timers/promises';
import { ServerLink, SwarmRound } from '../../src/agent/index.ts';
import { systemClock } from '../../src/clock.ts';
import type { DeployOrder, InventoryMessage, Progress, Work } from '../../src/protocol/index.ts';
import { newKeyPair } from '../../src/swarm/index.ts';
import type { Wanted } from '../../src/transfer/index.ts';
import type { Histogram } from './histogram.ts';
import { type HostTiming, macOf } from './host-job.ts';
import { Line } from './line.ts';
import type { SharedLists } from './shared-lists.ts';

const MIB = 1_048_576;
const REPORT_MS = 1000;
const LOOK_MS = 500;
const IDLE_MS = 30_000;
const RING_BYTES = 256 * MIB;
/** The server only has to think that one can ask there. */
const PORT = 7070;

/** What hosts of one process share: their share of the server's port, and what is measured. */
export interface HostsTogether {
  readonly server: string;
  readonly diskBytes: number;
  readonly timing: HostTiming;
  readonly lists: SharedLists;
  readonly serverLine: Line;
  /** A frame of the usual length; nobody looks into it. */
  readonly frame: Buffer;
  readonly polls: Histogram;
  readonly reports: Histogram;
  readonly boots: Histogram;
  exchanges: number;
  assignments: number;
}

/** How a host's task went. */
export interface Deployed {
  readonly image: string;
  readonly takenAt: number;
  readonly halfAt: number;
  readonly wholeAt: number;
  readonly finishedAt: number;
  readonly fromServer: number;
  readonly joins: number;
}

/** An agent without a disk and without chunks: it says all that the real one says, and only waits in between. */
export class SimulatedHost {
  readonly #number: number;
  readonly #together: HostsTogether;
  readonly #line: Line;
  readonly #disk: Line;
  readonly #keys = newKeyPair();

  constructor(number: number, together: HostsTogether) {
    this.#number = number;
    this.#together = together;
    this.#line = new Line(together.timing.portMs);
    this.#disk = new Line(together.timing.writeMs);
  }

  /**
   * Boots, and carries out one order after the other, until one says that it restarts.
   *
   * @param onFinished the server knows of the end; the host may still stay for its neighbours
   * @param onLeft it does not any more
   */
  async run(
    signal: AbortSignal,
    onFinished: (deployed: Deployed) => void,
    onLeft: (image: string) => void,
  ): Promise<void> {
    const { server, boots, polls } = this.#together;
    const from = performance.now();
    const bootNonce = await bootNonceOf(server, macOf(this.#number));
    const link = new ServerLink({
      server: new URL(server),
      introduce: async () => ({ bootNonce, inventory: this.#inventory(), uptimeSeconds: 9 }),
      onHello: () => undefined,
      onTrouble: () => undefined,
    });
    try {
      await link.hello(signal);
      boots.add(performance.now() - from);
      for (;;) {
        const asked = performance.now();
        const work: Work = await link.work(signal);
        if (work.kind === 'idle') polls.add(performance.now() - asked - IDLE_MS);
        else if (work.kind !== 'deploy')
          throw new Error(`host ${this.#number} was given ${JSON.stringify(work)}`);
        else {
          await this.#deploy(work, link, signal, onFinished);
          onLeft(work.image.name);
          if (work.after !== 'stay') return;
        }
      }
    } finally {
      link.close();
    }
  }

  async #deploy(
    order: DeployOrder,
    link: ServerLink,
    signal: AbortSignal,
    onFinished: (deployed: Deployed) => void,
  ): Promise<void> {
    const takenAt = Date.now();
    const { timing } = this.#together;
    const { indexKeys } = await link.hello(signal);
    const list = this.#together.lists.of(await link.fetchIndex(order.taskId, signal), indexKeys);
    const wanted: Wanted = {
      ...{ list, missing: () => true, onSettled: null },
      readBack: () => Promise.resolve(null),
    };
    const counts = { fromServer: 0, joins: 0, lingerSeconds: 0 };
    const round = this.#round(order.taskId, wanted, link, counts);
    const progress: { -readonly [Key in keyof Progress]: Progress[Key] } = {
      ...{ phase: 'writing', doneBytes: 0, totalBytes: list.length * MIB, networkBytes: 0, reusedBytes: 0 },
      ...{ bytesPerSecond: 1e8, secondsLeft: 60 },
    };
    const done = new AbortController();
    const reporting = this.#report(order.taskId, progress, link, AbortSignal.any([signal, done.signal]));
    let halfAt = takenAt;
    for await (const chunk of round.numbers(signal)) {
      if (timing.writeMs > 0) await until(this.#disk.through(performance.now()), signal);
      wanted.onSettled?.(chunk);
      progress.doneBytes += MIB;
      if (progress.doneBytes * 2 <= progress.totalBytes) halfAt = Date.now();
      progress.networkBytes += timing.wireBytes;
    }
    const wholeAt = Date.now();
    if (timing.readBackMs > 0) {
      progress.phase = 'verifying';
      await wait(list.length * timing.readBackMs, undefined, { signal });
    }
    round.serveFromMemoryOnly();
    progress.phase = 'finishing';
    done.abort();
    await reporting;
    await link.report(order.taskId, { kind: 'finished', words: 'simulated', warnings: [] }, signal);
    const finishedAt = Date.now();
    onFinished({ image: order.image.name, takenAt, halfAt, wholeAt, finishedAt, ...counts });
    while (round.needed && Date.now() - finishedAt < counts.lingerSeconds * 1000) {
      await wait(LOOK_MS, undefined, { signal });
    }
    await round.close();
  }

  #round(
    taskId: string,
    wanted: Wanted,
    link: ServerLink,
    counts: { fromServer: number; joins: number; lingerSeconds: number },
  ): SwarmRound {
    const together = this.#together;
    return new SwarmRound(wanted, {
      join: async (facts, signal) => {
        const own = { port: PORT, publicKey: this.#keys.publicKey, ringBytes: RING_BYTES };
        const reply = await link.joinSwarm(taskId, { ...facts, ...own, disk: 0, unwritten: [] }, signal);
        counts.lingerSeconds = reply.lingerSeconds;
        counts.joins++;
      },
      exchange: async (request, signal) => {
        const from = performance.now();
        const reply = await link.exchange(taskId, request, signal);
        if (reply.kind === 'unknown') return reply;
        together.polls.add(performance.now() - from - reply.heldMs);
        together.exchanges++;
        together.assignments += reply.assignments.length;
        return reply;
      },
      fetchFrom: async ({ sources: [source] }, _id, _peers, signal) => {
        const from = performance.now();
        const isServer = source === null;
        const sent = isServer ? together.serverLine.through(from) : 0;
        if (isServer) counts.fromServer++;
        await until(Math.max(sent, this.#line.through(from)), signal);
        const ms = performance.now() - from;
        return { frame: together.frame, from: source ?? null, ms, failed: [] };
      },
      hostRate: () => null,
      onSettled: () => undefined,
      clock: systemClock,
      log: (line) => process.stderr.write(`host ${this.#number}: ${line}\n`),
    });
  }

  /** Once a second, as long as the task runs. */
  async #report(taskId: string, progress: Progress, link: ServerLink, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const from = performance.now();
        await link.report(taskId, { kind: 'progress', progress }, signal);
        this.#together.reports.add(performance.now() - from);
        await wait(REPORT_MS, undefined, { signal });
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }

  #inventory(): InventoryMessage {
    const mac = macOf(this.#number);
    const disk = { device: '/dev/sda', sizeBytes: this.#together.diskBytes, sectorBytes: 512 };
    return {
      ...{ uuid: null, serial: null, manufacturer: 'Mimeo', product: 'Simulated' },
      macs: [{ name: 'eth0', mac, speedMbit: 1000, link: true, booted: true }],
      disks: [{ ...disk, model: 'Simulated', serial: mac, transport: 'sata', removable: false }],
      ...{ memoryBytes: 8 * 1024 * MIB, cpus: 4, firmware: 'bios', driverless: [] },
    };
  }
}

async function bootNonceOf(server: string, mac: string): Promise<string> {
  const facts = 'uuid=&platform=pcbios&arch=i386&nic=&serial=&manufacturer=&product=';
  const reply = await fetch(`${server}/boot/script?mac=${mac.replaceAll(':', '-')}&${facts}`);
  const [, nonce] = /mimeo\.boot=(\S+)/.exec(await reply.text()) ?? [];
  if (nonce === undefined) throw new Error(`${mac} was sent to its own disk`);
  return nonce;
}

/** Waits until this time of `performance.now()`: timers that are late do not add up. */
async function until(at: number, signal: AbortSignal): Promise<void> {
  await systemClock.delay(Math.max(0, at - performance.now()), signal);
}
