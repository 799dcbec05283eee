import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { Holdings } from './holdings.ts';
import { type PortBytes, portBytes } from './port-bytes.ts';
import { newRunName } from './run-name.ts';
import { shape } from './shaping.ts';
import { RUNS_FOLDER, removeNamespace, removeRunFolder, sweepDeadRuns } from './sweep.ts';

/** The lab's addresses: 10.77.0.1 is the site's DHCP server, .2 Mimeo, .100 to .200 are leased. */
export const SUBNET = '10.77.0';
const BRIDGE = 'br0';
const UPLINK = 'uplink';

/** A machine's place in the network: its own namespace with one cable, `eth0`, to the switch. */
export interface Outlet {
  readonly namespace: string;
  /** The interface that a virtual machine's tap stands beside, or the namespace's own. */
  readonly nic: string;
  /** The argv prefix that runs a command at this place. */
  readonly at: readonly string[];
}

/** The outlet of a virtual machine: QEMU opens `tap` there. */
export interface HostOutlet extends Outlet {
  readonly tap: string;
}

export interface LabNetworkOptions {
  /** Speed of every port, as tc writes it (`100mbit`); without it ports are as fast as the machine. */
  readonly portRate?: string;
  /** TCP's congestion control at every outlet with an address, such as `cubic`; default: the machine's own. */
  readonly congestion?: string;
}

export interface OutletOptions {
  /** A fixed IPv4 address of the lab's subnet; none yet without it. */
  readonly address?: string;
  /** Speed of this port in place of the network's. */
  readonly rate?: string;
  /** A switch that `addSwitch` made; default: the first one. */
  readonly switch?: string;
  /** The switch lets it talk to outlets that are not isolated, hence to no other isolated one. */
  readonly isolated?: boolean;
}

/**
 * A private network on this machine: a switch (a bridge in a namespace of its own), more of them behind it if
 * wanted, and one namespace per machine at the end of a cable. Nothing of it touches the machine's own network.
 */
export class LabNetwork {
  readonly name = newRunName();
  /** Disks, sockets and logs of this run; removed at the end. */
  readonly folder = join(RUNS_FOLDER, this.name);
  readonly holdings = new Holdings();
  readonly #options: LabNetworkOptions;
  readonly #switch = `${this.name}-switch`;
  /** The switch's end of each machine's cable. */
  readonly #sockets = new Map<string, { readonly bridge: string; readonly port: string }>();
  #ports = 0;

  constructor(options: LabNetworkOptions = {}) {
    this.#options = options;
  }

  /** Sweeps what dead runs left, then sets up the switch. Needs root. */
  async open(): Promise<this> {
    sweepDeadRuns();
    this.holdings.hold(this.folder, () => removeRunFolder(this.folder));
    // The server leaves root behind and must still reach its data in here.
    mkdirSync(this.folder, { mode: 0o755 });
    await this.#addNamespace(this.#switch);
    await this.#addBridge(this.#switch);
    return this;
  }

  /**
   * A further switch, joined to the first by one link.
   *
   * @param uplinkRate speed of that link, each way; default: that of every port
   */
  async addSwitch(name: string, uplinkRate = this.#options.portRate): Promise<void> {
    const namespace = this.#switchNamespace(name);
    await this.#addNamespace(namespace);
    await this.#addBridge(namespace);
    const port = await this.#link(this.#switch, { namespace, nic: UPLINK, rate: uplinkRate });
    await run(['ip', '-n', this.#switch, 'link', 'set', port, 'master', BRIDGE]);
    await run(['ip', '-n', namespace, 'link', 'set', UPLINK, 'master', BRIDGE]);
  }

  /** A machine that is a set of processes in its namespace, with a fixed address (or none yet). */
  async plugIn(name: string, options: OutletOptions = {}): Promise<Outlet> {
    const outlet = await this.#cable(name, options);
    const { namespace, nic } = outlet;
    const { address } = options;
    if (address !== undefined) {
      // `brd +`: without a broadcast address, replies to 255.255.255.255 have nowhere to go.
      await run(['ip', '-n', namespace, 'address', 'add', `${address}/24`, 'brd', '+', 'dev', nic]);
      if (this.#options.congestion !== undefined) {
        const route = [`${SUBNET}.0/24`, 'dev', nic, 'proto', 'kernel', 'scope', 'link', 'src', address];
        await run(['ip', '-n', namespace, 'route', 'change', ...route, 'congctl', this.#options.congestion]);
      }
    }
    return outlet;
  }

  /** The place of a virtual machine: a tap, bridged to the cable inside the machine's namespace. */
  async plugInHost(name: string): Promise<HostOutlet> {
    const outlet = await this.#cable(name);
    const tap = 'tap0';
    const ip = ['ip', '-n', outlet.namespace];
    await run([...outlet.at, 'ip', 'tuntap', 'add', 'dev', tap, 'mode', 'tap']);
    await this.#addBridge(outlet.namespace);
    for (const nic of [outlet.nic, tap]) await run([...ip, 'link', 'set', nic, 'master', BRIDGE, 'up']);
    return { ...outlet, tap };
  }

  /** Pulls a machine's cable out of the switch: nobody is told, packets are lost both ways. */
  async pullCable(outlet: Outlet): Promise<void> {
    await this.#setPort(outlet, 'down');
  }

  async plugCable(outlet: Outlet): Promise<void> {
    await this.#setPort(outlet, 'up');
  }

  /** What went from a switch that `addSwitch` made to the first one so far, and what came from there; bytes. */
  async uplinkBytes(name: string): Promise<PortBytes> {
    return portBytes(this.#switchNamespace(name), UPLINK);
  }

  /** Gives everything back: processes, namespaces, mounts, the folder. */
  close(): void {
    this.holdings.close();
  }

  async #cable(name: string, options: OutletOptions = {}): Promise<Outlet> {
    const namespace = `${this.name}-${name}`;
    const nic = 'eth0';
    await this.#addNamespace(namespace);
    const bridge = options.switch === undefined ? this.#switch : this.#switchNamespace(options.switch);
    const port = await this.#link(bridge, { namespace, nic, rate: options.rate ?? this.#options.portRate });
    this.#sockets.set(namespace, { bridge, port });
    await run(['ip', '-n', bridge, 'link', 'set', port, 'master', BRIDGE]);
    if (options.isolated === true)
      await run(['ip', '-n', bridge, 'link', 'set', port, 'type', 'bridge_slave', 'isolated', 'on']);
    return { namespace, nic, at: ['ip', 'netns', 'exec', namespace] };
  }

  async #setPort({ namespace }: Outlet, state: 'up' | 'down'): Promise<void> {
    const socket = this.#sockets.get(namespace);
    if (socket === undefined) throw new Error(`${namespace} has no cable`);
    await run(['ip', '-n', socket.bridge, 'link', 'set', socket.port, state]);
  }

  /** A cable from a new port of a switch to an interface elsewhere, both ends up; gives the port's name. */
  async #link(
    bridge: string,
    { namespace, nic, rate }: { namespace: string; nic: string; rate: string | undefined },
  ): Promise<string> {
    const port = `port${this.#ports++}`;
    const far = ['type', 'veth', 'peer', 'name', nic, 'netns', namespace];
    await run(['ip', '-n', bridge, 'link', 'add', port, ...far]);
    await run(['ip', '-n', bridge, 'link', 'set', port, 'up']);
    await run(['ip', '-n', namespace, 'link', 'set', nic, 'up']);
    if (rate !== undefined) {
      await shape(bridge, port, rate);
      await shape(namespace, nic, rate);
    }
    return port;
  }

  #switchNamespace(name: string): string {
    return `${this.name}-switch-${name}`;
  }

  async #addNamespace(namespace: string): Promise<void> {
    await run(['ip', 'netns', 'add', namespace]);
    this.holdings.hold(`namespace ${namespace}`, () => removeNamespace(namespace));
    await run(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
  }

  async #addBridge(namespace: string): Promise<void> {
    // Forwarding at once, and multicast to all ports, as a plain school switch does.
    const bridge = ['type', 'bridge', 'stp_state', '0', 'forward_delay', '0', 'mcast_snooping', '0'];
    await run(['ip', '-n', namespace, 'link', 'add', BRIDGE, ...bridge]);
    await run(['ip', '-n', namespace, 'link', 'set', BRIDGE, 'up']);
  }
}
