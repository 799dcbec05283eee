import type { Clock } from '../clock.ts';
import type { HostRow, SecretRepository, SessionRow } from '../db/index.ts';
import { ALIVE_MS } from '../deployment/index.ts';
import { MimeoError } from '../errors.ts';
import { type HelloReply, type HelloRequest, PROTOCOL_VERSION } from '../protocol/index.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import { newToken } from './random.ts';
import { countWords } from './size-words.ts';
import type { TaskBoard } from './task-board.ts';

/** A host whose session is gone: it has no token either, so nothing is asked of it. */
const NO_SESSION: SessionRow = { why: null, tookTask: true, answered: true };

/** Whose token it is, and where it is used from. */
interface Known {
  readonly hostId: string;
  readonly address: string;
}

/** Agents say hello here and are known by their token from then on. */
export class AgentSessions {
  readonly #secrets: SecretRepository;
  readonly #directory: HostDirectory;
  readonly #board: TaskBoard;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #indexKeys: readonly string[];
  /** By their tokens, so that a chunk does not cost a look into the database. */
  readonly #known = new Map<string, Known>();

  constructor(ports: {
    secrets: SecretRepository;
    directory: HostDirectory;
    board: TaskBoard;
    hub: EventHub;
    clock: Clock;
    indexKeys: readonly string[];
  }) {
    this.#secrets = ports.secrets;
    this.#directory = ports.directory;
    this.#board = ports.board;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#indexKeys = ports.indexKeys;
  }

  /**
   * @param address where the agent calls from: its token is good from there only, for whoever reads the network reads it
   * @throws MimeoError `agent-protocol` when this agent is too old or too new
   */
  async hello(request: HelloRequest, address: string): Promise<HelloReply> {
    if (request.protocol !== PROTOCOL_VERSION) {
      throw new MimeoError(
        'agent-protocol',
        `The agent speaks version ${request.protocol}, this server version ${PROTOCOL_VERSION}.`,
      );
    }
    const at = this.#clock.now();
    const host = await this.#directory.meetAgent(request.inventory);
    await this.#refuseSecond(host, at);
    const nonce = request.bootNonce === null ? null : await this.#secrets.useNonce(request.bootNonce, at);
    const token = newToken();
    await this.#secrets.openSession(token, host.id, nonce?.why ?? null, at);
    this.forget(host.id);
    this.#known.set(token, { hostId: host.id, address });
    const disks = request.inventory.disks.filter((disk) => !disk.removable).length;
    await this.#hub.publish('host', {
      kind: 'hello',
      level: 'info',
      hostId: host.id,
      words: `Its agent said hello ${Math.round(request.uptimeSeconds)} s after the kernel started (${countWords(disks, 'disk')}).`,
    });
    return {
      hostId: host.id,
      token,
      name: host.name,
      lab: host.lab,
      serverTime: new Date(at).toISOString(),
      indexKeys: [...this.#indexKeys],
    };
  }

  /**
   * While the agent of a running task is heard of, nobody else becomes that host: a machine that shows its
   * MAC and UUID must not take its token away. A host that really started anew has been silent for longer.
   */
  async #refuseSecond(host: HostRow, at: number): Promise<void> {
    const state = this.#board.ofHost(host.id)?.state;
    if (state?.status !== 'running' || at - (state.contactAt ?? 0) >= ALIVE_MS) return;
    const words = 'An agent said hello in its name while its own agent is at work; it was refused.';
    await this.#hub.publish('host', { kind: 'conflict', level: 'warning', hostId: host.id, words });
    throw new MimeoError('host-active', `${host.name ?? host.id} is at work with a task at this moment.`);
  }

  /** The sessions of this host have ended in the database: a new one was opened, or it is part of another host. */
  forget(hostId: string): void {
    for (const [token, known] of this.#known) if (known.hostId === hostId) this.#known.delete(token);
  }

  /**
   * @throws MimeoError `agent-token` when the token is unknown, belongs to an earlier boot, or to a host at another
   *   address: one that was given a new address says hello anew
   */
  async hostIdOf(token: string | null, address: string): Promise<string> {
    const id = token === null ? null : await this.#hostIdOf(token, address);
    if (id === null) throw new MimeoError('agent-token', 'This call needs the token of a host.');
    return id;
  }

  async session(hostId: string): Promise<SessionRow> {
    return (await this.#secrets.session(hostId)) ?? NO_SESSION;
  }

  async note(hostId: string, change: Partial<Omit<SessionRow, 'why'>>): Promise<void> {
    const before = await this.session(hostId);
    const after = { ...before, ...change };
    // Each write waits for the disk, and with it a lab that takes its orders at once.
    if (after.tookTask === before.tookTask && after.answered === before.answered) return;
    await this.#secrets.noteSession(hostId, after);
  }

  async #hostIdOf(token: string, address: string): Promise<string | null> {
    const known = this.#known.get(token);
    if (known !== undefined) return known.address === address ? known.hostId : null;
    const hostId = await this.#secrets.hostOfSession(token);
    // A server that was started anew takes the first who uses it for its owner: he calls once a second.
    if (hostId !== null) this.#known.set(token, { hostId, address });
    return hostId;
  }
}
