import type { RemoteInfo, Socket } from 'node:dgram';
import type { Clock } from '../clock.ts';
import { type BootPrograms, type Decision, decide } from './decide.ts';
import { sameSubnet } from './dhcp/address.ts';
import type { BootClient } from './dhcp/client.ts';
import { decodeDhcp, encodeDhcp } from './dhcp/packet.ts';
import type { NetbootEvent, NetbootListener } from './event.ts';
import { LoopGuard } from './loop-guard.ts';
import { bindSocket, closeSocket } from './socket.ts';

/** One network card that hosts boot from. */
export interface ServedInterface {
  /** Our IPv4 address on it. */
  readonly address: string;
  readonly netmask: string;
  /** Where a host on this card reaches our HTTP server: `http://10.0.0.2:8080`. */
  readonly httpBase: string;
}

export interface ProxyDhcpOptions {
  readonly interfaces: readonly ServedInterface[];
  readonly programs: BootPrograms;
  /** Default `/boot/entry.ipxe`. */
  readonly entryPath?: string;
  /** Default `/boot/files/`. */
  readonly programPath?: string;
  /** Default 67, 68 and 4011; other ones are for tests. */
  readonly ports?: { readonly server: number; readonly client: number; readonly pxe: number };
  readonly clock: Clock;
  readonly loopGuard?: LoopGuard;
  readonly onEvent: NetbootListener;
}

/** A network card with the sockets that are bound to its address. */
interface Served {
  readonly card: ServedInterface;
  readonly dhcp: Socket;
  readonly pxe: Socket;
}

/**
 * Answers network-booting machines beside the site's own DHCP server, and never gives an address.
 *
 * Broadcasts arrive at one socket on all addresses; what we send goes out of a socket bound to the card's
 * address, because a socket on all addresses sends broadcasts along the default route only. Both sockets
 * listen: a relay's unicast arrives at the bound one.
 */
export class ProxyDhcp {
  readonly #options: ProxyDhcpOptions;
  readonly #ports: { server: number; client: number; pxe: number };
  readonly #guard: LoopGuard;
  readonly #sockets: Socket[] = [];
  readonly #served: Served[] = [];
  readonly #counts = { received: 0, malformed: 0, answered: 0, ignored: 0 };

  constructor(options: ProxyDhcpOptions) {
    this.#options = options;
    this.#ports = options.ports ?? { server: 67, client: 68, pxe: 4011 };
    this.#guard = options.loopGuard ?? new LoopGuard();
  }

  /** Datagrams since the start: all, those that were no DHCP, those answered, those left unanswered. */
  get counts(): Readonly<{ received: number; malformed: number; answered: number; ignored: number }> {
    return { ...this.#counts };
  }

  /**
   * Opens the ports. An abort of the signal stops it.
   *
   * @throws MimeoError when a port cannot be opened; then none stays open.
   */
  async start(signal: AbortSignal): Promise<void> {
    try {
      for (const card of this.#options.interfaces) {
        const dhcp = await this.#bind(card.address, this.#ports.server, 'dhcp', card);
        const pxe = await this.#bind(card.address, this.#ports.pxe, 'pxe', card);
        this.#served.push({ card, dhcp, pxe });
      }
      await this.#bind('0.0.0.0', this.#ports.server, 'dhcp', null);
    } catch (error) {
      await this.stop();
      throw error;
    }
    signal.addEventListener('abort', () => void this.stop(), { once: true });
    if (signal.aborted) await this.stop();
  }

  /** Closes the ports; a second call does nothing. */
  async stop(): Promise<void> {
    this.#served.length = 0;
    await Promise.all(this.#sockets.splice(0).map(closeSocket));
  }

  async #bind(
    address: string,
    port: number,
    which: 'dhcp' | 'pxe',
    card: ServedInterface | null,
  ): Promise<Socket> {
    const socket = await bindSocket({
      address,
      port,
      service: which === 'dhcp' ? 'DHCP' : 'PXE',
      broadcast: true,
      shared: true,
      onMessage: (bytes, from) => this.#receive(bytes, from, which, card),
    });
    this.#sockets.push(socket);
    return socket;
  }

  #receive(bytes: Buffer, from: RemoteInfo, port: 'dhcp' | 'pxe', card: ServedInterface | null): void {
    this.#counts.received += 1;
    const packet = decodeDhcp(bytes);
    if (packet === null) {
      this.#counts.malformed += 1;
      return;
    }
    const cards = this.#served.filter((served) =>
      card
        ? served.card === card
        : from.address === '0.0.0.0' || this.#isNeighbour(served.card, from.address),
    );
    const decisions = (cards.length > 0 ? cards : this.#served).map((served) => {
      const { address, httpBase } = served.card;
      const decision = decide(packet, {
        address,
        httpBase,
        port,
        from,
        ports: this.#ports,
        programs: this.#options.programs,
        entryPath: this.#options.entryPath ?? '/boot/entry.ipxe',
        programPath: this.#options.programPath ?? '/boot/files/',
      });
      return { served, decision };
    });
    // What we say differs between the cards in our own address only, so it is one event.
    const [first] = decisions;
    if (first === undefined || !this.#note(first.decision, packet.xid, port, from)) return;
    for (const { served, decision } of decisions) {
      if (decision.kind === 'reply') this.#send(served, decision, port);
    }
  }

  /** Reports the decision and says whether its reply may be sent. */
  #note(decision: Decision, xid: number, port: 'dhcp' | 'pxe', from: RemoteInfo): boolean {
    const address = from.address === '0.0.0.0' || port === 'dhcp' ? null : from.address;
    const report = (kind: NetbootEvent['kind'], words: string, file: string | null) =>
      this.#report(kind, decision.client, { words, file, address });
    if (decision.kind === 'note') {
      report('dhcp-seen', decision.words, null);
      return false;
    }
    if (decision.kind === 'ignore') {
      this.#counts.ignored += 1;
      if (!decision.quiet) report('dhcp-ignored', decision.words, null);
      return false;
    }
    const mac = decision.client.mac ?? '';
    if (decision.gives === 'script') this.#guard.becameIpxe(mac);
    else if (port === 'dhcp') {
      const verdict = this.#guard.askedForProgram(mac, xid, this.#options.clock.monotonic());
      if (verdict !== 'go') {
        this.#counts.ignored += 1;
        if (verdict === 'stop') {
          const minutes = Math.round(this.#guard.windowMs / 60_000);
          report(
            'loop-stopped',
            `asked for ${decision.file} more than ${this.#guard.limit} times in ${minutes} minutes and never became iPXE; ` +
              'Mimeo leaves it to its own disk until those minutes are over. Is TFTP (UDP port 69) blocked between it and the server, or Secure Boot on?',
            decision.file,
          );
        }
        return false;
      }
    }
    this.#counts.answered += 1;
    report('dhcp-answered', decision.words, decision.file);
    return true;
  }

  #send(served: Served, decision: Extract<Decision, { kind: 'reply' }>, port: 'dhcp' | 'pxe'): void {
    const socket = port === 'dhcp' ? served.dhcp : served.pxe;
    const { address, port: to } = decision.to;
    socket.send(encodeDhcp(decision.packet), to, address, (error) => {
      if (!error) return;
      const words = `could not be answered from ${served.card.address}: ${error.message}`;
      this.#report('dhcp-failed', decision.client, { words, file: decision.file, address: null });
    });
  }

  #report(
    kind: NetbootEvent['kind'],
    client: BootClient,
    what: { words: string; file: string | null; address: string | null },
  ): void {
    this.#options.onEvent({
      at: this.#options.clock.now(),
      kind,
      mac: client.mac,
      uuid: client.uuid,
      arch: client.ipxe
        ? `iPXE, ${client.architecture?.words ?? 'unknown'}`
        : (client.architecture?.words ?? null),
      ...what,
    });
  }

  #isNeighbour(card: ServedInterface, address: string): boolean {
    return sameSubnet(card.address, address, card.netmask);
  }
}
