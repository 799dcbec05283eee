import { type AliasTable, needsExtraLayer, parseBusId } from '../bootenv/index.ts';
import type { Clock } from '../clock.ts';
import type { HostRow, SecretRepository } from '../db/index.ts';
import { type BootChoice, chooseBoot } from '../deployment/index.ts';
import { parseMac } from '../fleet/index.ts';
import {
  agentScript,
  localBootScript,
  localBootWay,
  type ScriptQuery,
  waitScript,
} from '../netboot/index.ts';
import { inventoryOf } from './disk-demand.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import { newToken } from './random.ts';
import type { TaskBoard } from './task-board.ts';

/** Where a host finds things on this server. */
export interface BootPlaces {
  /** `http://10.0.0.2:8080` */
  readonly httpBase: string;
  /** Public key that signs indexes, base64url. */
  readonly indexKey: string;
  /** Modaliases that only the second driver layer serves. */
  readonly extraAliases: AliasTable;
  /** Words added to the kernel's command line, for a technician who asked for them. */
  readonly kernelWords: string;
}

/** Answers the question every host asks when it has network-booted: what now? */
export class HostBoot {
  readonly #directory: HostDirectory;
  readonly #board: TaskBoard;
  readonly #secrets: SecretRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #places: BootPlaces;

  constructor(ports: {
    directory: HostDirectory;
    board: TaskBoard;
    secrets: SecretRepository;
    hub: EventHub;
    clock: Clock;
    places: BootPlaces;
  }) {
    this.#directory = ports.directory;
    this.#board = ports.board;
    this.#secrets = ports.secrets;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#places = ports.places;
  }

  /**
   * The boot script for one host, as text.
   *
   * @param query what the host says of itself
   * @param options `url`: this question's own path and query, to ask again; `menu`: the key was pressed
   */
  async script(query: ScriptQuery, options: { url: string; menu: boolean }): Promise<string> {
    const mac = parseMac(query.mac);
    const askAgain = `${this.#places.httpBase}${options.url}`;
    if (mac === null) {
      return waitScript({ message: 'this machine told no network address', seconds: 30, retryUrl: askAgain });
    }
    const host = await this.#directory.meet({ mac, uuid: query.uuid || null, serial: query.serial || null });
    const choice = await this.#choose(host, options.menu);
    const words =
      choice.boot === 'agent'
        ? `Network boot: it was sent into the boot environment (${choice.why === 'task' ? 'it has a task' : 'to ask at its screen'}).`
        : `Network boot: it was sent to its own disk (${choice.why}).`;
    await this.#hub.publish('host', { kind: 'boot-script', level: 'info', hostId: host.id, words });
    if (choice.boot === 'local') {
      const firmware = query.platform === 'efi' ? 'uefi' : 'bios';
      const separator = options.url.includes('?') ? '&' : '?';
      return localBootScript({
        name: host.name ?? '',
        reason: choice.why,
        menuUrl: `${askAgain}${separator}menu=1`,
        firmware,
        way: localBootWay({ firmware, manufacturer: query.manufacturer, product: query.product }),
      });
    }
    return this.#agent(host, mac, query, choice.why);
  }

  async #choose(host: HostRow, menuAsked: boolean): Promise<BootChoice> {
    const at = this.#clock.now();
    const facts = { known: host.known === 1, menuAsked, declinedAt: host.declined_at, now: at };
    const open = this.#board.ofHost(host.id);
    if (open !== null) {
      // Being sent into the boot environment may end the task: a boot loop, or a cancel that waited for it.
      const state = await this.#board.apply(open.id, { type: 'boot-sent', at });
      return chooseBoot({ ...facts, task: state.status });
    }
    if (host.local_once === 1 && !menuAsked) {
      await this.#directory.update(host.id, { local_once: 0 });
      return { boot: 'local', why: 'as was chosen at its screen' };
    }
    return chooseBoot({ ...facts, task: null });
  }

  async #agent(host: HostRow, mac: string, query: ScriptQuery, why: 'task' | 'ask'): Promise<string> {
    const { httpBase, indexKey, kernelWords } = this.#places;
    const nonce = newToken();
    await this.#secrets.addNonce(nonce, { mac, hostId: host.id, why, at: this.#clock.now() });
    const initrds = ['/boot/files/initrd.img'];
    if (this.#needsExtra(host, query)) initrds.push('/boot/files/extra.img');
    return agentScript({
      httpBase,
      kernel: '/boot/files/vmlinuz',
      initrds,
      commandLine: [
        `mimeo.server=${httpBase}`,
        `mimeo.boot=${nonce}`,
        `mimeo.key=${indexKey}`,
        `BOOTIF=01-${mac.replaceAll(':', '-')}`,
        'console=ttyS0,115200n8 console=tty0 quiet loglevel=3',
        kernelWords,
      ]
        .filter((word) => word !== '')
        .join(' '),
    });
  }

  #needsExtra(host: HostRow, query: ScriptQuery): boolean {
    const aliases = this.#places.extraAliases;
    const card = parseBusId(query.nic);
    if (card !== null && needsExtraLayer(card, aliases)) return true;
    return inventoryOf(host)?.driverless.some((alias) => needsExtraLayer(alias, aliases)) ?? false;
  }
}
