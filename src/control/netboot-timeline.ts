import type { Clock } from '../clock.ts';
import type { NetbootEvent } from '../netboot/index.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';

/** MACs of machines not met yet whose packets are kept; anybody can make MACs up, so there is an end. */
const MAX_STRANGERS = 500;
const MAX_PER_STRANGER = 20;
/** The same words about the same machine are written down once in this time. */
const REPEAT_MS = 10_000;

export interface TimelineLine {
  readonly at: number;
  readonly level: 'info' | 'warning';
  readonly words: string;
}

const WORRYING: ReadonlySet<NetbootEvent['kind']> = new Set([
  'dhcp-ignored',
  'dhcp-failed',
  'loop-stopped',
  'tftp-refused',
  'tftp-failed',
]);

/** Turns packets and files into lines of each host's timeline: "why did this PC not boot?" */
export class NetbootTimeline {
  readonly #directory: HostDirectory;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #strangers = new Map<string, TimelineLine[]>();
  readonly #toldAt = new Map<string, number>();

  constructor(ports: { directory: HostDirectory; hub: EventHub; clock: Clock }) {
    this.#directory = ports.directory;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  /** Takes one event of the netboot room; never throws and returns at once. */
  readonly note = (event: NetbootEvent): void => {
    const { mac } = event;
    if (mac === null || this.#isRepeat(mac, event.words)) return;
    void this.#write(mac, event).catch(() => undefined);
  };

  /** What was heard of a MAC before it became a host. */
  ofStranger(mac: string): readonly TimelineLine[] {
    return this.#strangers.get(mac) ?? [];
  }

  async #write(mac: string, event: NetbootEvent): Promise<void> {
    const level = WORRYING.has(event.kind) ? 'warning' : 'info';
    const words = event.file === null ? event.words : `${event.words} (${event.file})`;
    const host = await this.#directory.byMac(mac);
    if (host !== null) {
      await this.#hub.publish('host', { kind: 'netboot', level, words, hostId: host.id });
      return;
    }
    const lines = this.#strangers.get(mac) ?? [];
    this.#strangers.delete(mac);
    this.#strangers.set(mac, [...lines, { at: event.at, level, words } as const].slice(-MAX_PER_STRANGER));
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size > MAX_STRANGERS && oldest !== undefined) this.#strangers.delete(oldest);
  }

  #isRepeat(mac: string, words: string): boolean {
    const now = this.#clock.now();
    const key = `${mac} ${words}`;
    const repeat = now - (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS;
    if (repeat) return true;
    this.#toldAt.delete(key);
    this.#toldAt.set(key, now);
    const [oldest] = this.#toldAt.keys();
    if (this.#toldAt.size > MAX_STRANGERS * MAX_PER_STRANGER && oldest !== undefined)
      this.#toldAt.delete(oldest);
    return false;
  }
}
