import { uptime } from 'node:os';
import { type Clock, systemClock } from '../clock.ts';
import { type DiskInfo, listDisks } from '../disk/index.ts';
import type { PublicKey } from '../image/index.ts';
import type { HelloReply } from '../protocol/index.ts';
import { calmCollector } from './calm-collector.ts';
import { HostConsole } from './console/host-console.ts';
import type { Terminal } from './console/terminal.ts';
import { describeDisks } from './discover/disk-tables.ts';
import { readInventory } from './discover/inventory.ts';
import { readNics } from './discover/nics.ts';
import { machinePower, type Power } from './power.ts';
import { ServerLink } from './server-link/server-link.ts';
import { Neighbours } from './swarm/neighbours.ts';
import { workLoop } from './work-loop.ts';

export interface AgentOptions {
  /** `http://192.0.2.1:8080` */
  readonly server: string;
  /** The nonce of the boot script; null when booted from media. */
  readonly bootNonce: string | null;
  /** The key that has to have signed indexes, when the boot script or the medium names one; else those of the hello. */
  readonly indexKey?: PublicKey | null;
  /** The interface that the machine booted over. */
  readonly bootedNic: string | null;
  readonly terminals: readonly Terminal[];
  readonly log: (line: string) => void;
  /** Default: the real machine. A lab or a bench hands in its own. */
  readonly power?: Power;
  /** Default: the machine's disks. `device` may also name a plain file. */
  readonly listDisks?: () => Promise<readonly DiskInfo[]>;
  /** Bytes kept in memory for neighbours; default: as the machine's memory allows. */
  readonly ringBytes?: number;
  /** Whether hosts get chunks from each other; default true. */
  readonly neighbours?: boolean;
  /** Whether what was written is read back and compared; default true. */
  readonly readBack?: boolean;
  /** How long the final state stands on the screen before the machine restarts; default 3 seconds. */
  readonly farewellMs?: number;
  readonly clock?: Clock;
}

/**
 * The agent: says hello, and carries out what the server wants until the machine restarts or switches off.
 *
 * @returns when the machine was told to go down, or `signal` was aborted
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  calmCollector();
  const clock = options.clock ?? systemClock;
  const disks = options.listDisks ?? listDisks;
  const server = new URL(options.server);
  const [nic] = await readNics(options.bootedNic);
  const console = new HostConsole({
    terminals: options.terminals,
    server: server.host,
    hint: nic?.mac ?? 'no network card',
    clock,
  });
  let serverClock: { ms: number; at: number } | null = null;

  const onHello = (reply: HelloReply): void => {
    serverClock = { ms: Date.parse(reply.serverTime), at: clock.monotonic() };
    console.update({ host: { ...console.state.host, name: reply.name, lab: reply.lab } });
    options.log(`hello: host ${reply.hostId} name ${reply.name ?? '-'} lab ${reply.lab ?? '-'}`);
  };
  const serverNow = (): number => {
    const ms = serverClock === null ? Number.NaN : serverClock.ms + clock.monotonic() - serverClock.at;
    return Number.isNaN(ms) ? clock.now() : ms;
  };
  const meetNeighbours = (): Neighbours => {
    const { log, ringBytes = null } = options;
    return new Neighbours({ link, clock, log, ringBytes });
  };
  const link = new ServerLink({
    server,
    clock,
    onHello,
    onTrouble: (trouble) => {
      if (trouble !== null || console.state.trouble !== null) console.update({ trouble });
    },
    introduce: async () => ({
      bootNonce: options.bootNonce,
      inventory: await readInventory({
        bootedNic: options.bootedNic,
        listDisks: async () => describeDisks(await disks()),
      }),
      uptimeSeconds: uptime(),
    }),
  });

  console.start();
  try {
    await workLoop(
      {
        link,
        console,
        clock,
        now: () => new Date(serverNow()).toISOString(),
        meetNeighbours: options.neighbours === false ? null : meetNeighbours,
        readBack: options.readBack ?? true,
        log: options.log,
        listDisks: disks,
        power: options.power ?? machinePower,
        pinnedKey: options.indexKey ?? null,
        farewellMs: options.farewellMs ?? 3000,
      },
      signal,
    );
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    link.close();
    console.stop();
  }
}
