import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  type DeployRequest,
  deploymentSchema,
  previewSchema,
  type SwarmView,
  swarmSchema,
  type TaskView,
} from '../../src/api/index.ts';
import { run } from '../../src/command.ts';
import { labNeeds } from '../needs.ts';
import type { AgentHost, AgentHostOptions } from '../torture/rig/agent-host.ts';
import { blankDisk, rawDisk } from '../torture/rig/masters.ts';
import { AgentRoom } from '../torture/rig/room.ts';

export const MIB = 1_048_576;
const PROJECT = join(import.meta.dirname, '../..');
const IMAGE = 'lab-image';
const TASKS_MS = 120_000;
/** The size of an image: a few seconds at the ports' speed, so that there is a middle to do something in. */
const CONTENT_MIB = 48;
const PORT_RATE = '200mbit';
const FAR_SWITCH = 'far';
const BAD_NEIGHBOUR = join(import.meta.dirname, '../torture/rig/corrupt-sender.ts');

/** For node:test: what these rooms need, and how long one may take. */
export const SWARM_TEST = {
  skip: labNeeds('ip', 'tc', 'dnsmasq', 'unshare', 'sfdisk', 'cmp', 'dd'),
  timeout: 180_000,
};

export interface HostKind {
  /** Sends every tenth chunk with a wrong byte. */
  readonly corrupt?: boolean;
  /** The switch lets it reach the server only. */
  readonly isolated?: boolean;
  /** It stands at the second switch, and in a lab of its own there. */
  readonly far?: boolean;
  /** Speed of its port in place of the room's. */
  readonly rate?: string;
  /** Which of the room's images it gets; default: the first. */
  readonly image?: string;
  readonly ways?: AgentHostOptions['ways'];
  /** A module that its process loads first. */
  readonly preload?: string;
}

export interface SwarmRoomOptions {
  readonly hosts: readonly HostKind[];
  readonly portRate?: string;
  readonly contentMib?: number;
  /** More images of the same size; each begins with so many MiB of the first. */
  readonly more?: Readonly<Record<string, { readonly sharedMib: number }>>;
  /** There is a second switch, behind a link of this speed. */
  readonly uplinkRate?: string;
}

export const plain = (count: number): HostKind[] => Array.from({ length: count }, () => ({}));

/** A lab whose hosts get images over ports of a given speed, and what became of it. */
export class SwarmRoom {
  readonly room: AgentRoom;
  readonly hosts: AgentHost[] = [];
  /** Bytes of an image. */
  readonly imageBytes: number;
  readonly #options: SwarmRoomOptions;
  readonly #images = new Map<AgentHost, string>();

  private constructor(room: AgentRoom, options: SwarmRoomOptions) {
    this.room = room;
    this.#options = options;
    this.imageBytes = this.#contentMib * MIB;
  }

  /** Opens a room, and closes it whatever `act` comes to. */
  static async with(options: SwarmRoomOptions, act: (room: SwarmRoom) => Promise<void>): Promise<void> {
    const { hosts, portRate = PORT_RATE, contentMib = CONTENT_MIB, more = {} } = options;
    const disks = hosts.length + 1 + Object.keys(more).length;
    const room = await AgentRoom.open({ portRate, disksMib: (disks + 1) * (contentMib + 8) });
    try {
      const swarm = new SwarmRoom(room, options);
      await swarm.#furnish();
      await act(swarm);
    } finally {
      room.close();
    }
  }

  /**
   * Orders what the manifest says for hosts, all of them by default, and switches on those that are off.
   *
   * @returns the order's id
   */
  async release(
    on: readonly AgentHost[] = this.hosts,
    wish: Partial<DeployRequest> & { readonly targets?: string[] } = {},
  ): Promise<string> {
    const request = { targets: this.hosts.map(({ mac }) => mac), ...wish };
    const preview = previewSchema.parse(await this.room.server.post('/api/v1/deployments/preview', request));
    assert.deepEqual(preview.refused, []);
    const { id } = deploymentSchema.parse(
      await this.room.server.post('/api/v1/deployments', { ...request, digest: preview.digest }),
    );
    await Promise.all(on.filter((host) => !host.isOn).map((host) => host.powerOn()));
    return id;
  }

  async traffic(order: string): Promise<SwarmView> {
    return swarmSchema.parse(await this.room.server.get(`/api/v1/deployments/${order}/swarm`));
  }

  /** Waits until hosts have got so much of the image, all together, counted in images. */
  async until(order: string, images: number): Promise<void> {
    await this.room.server.until(`${images} images' worth of chunks`, TASKS_MS, async () => {
      const { serverBytes, peerBytes } = await this.traffic(order);
      return serverBytes + peerBytes >= images * this.imageBytes;
    });
  }

  /** Waits for the end of an order and looks at every byte of every host that was in it. */
  async allRight(order: string): Promise<TaskView[]> {
    const tasks = await this.room.server.ended(order, TASKS_MS);
    for (const { hostName, status, words } of tasks) assert.equal(status, 'done', `${hostName}: ${words}`);
    const names = new Set(tasks.map(({ hostName }) => hostName));
    for (const host of this.hosts.filter(({ name }) => names.has(name))) {
      const master = this.room.disk(this.#images.get(host) ?? IMAGE);
      const part = ['--ignore-initial', `${MIB}`, '--bytes', `${this.imageBytes}`];
      const { status } = await run(['cmp', ...part, host.disk, master], { allowStatus: [0, 1] });
      assert.equal(status, 0, `${host.name} has another content than the master`);
    }
    return tasks;
  }

  /** How often an image left the server. */
  async copies(order: string): Promise<number> {
    return (await this.traffic(order)).serverBytes / this.imageBytes;
  }

  /** Gives a host an empty disk in place of its own. */
  async blank(host: AgentHost): Promise<void> {
    await blankDisk(host.disk, (this.#contentMib + 2) * MIB);
  }

  /** What `mimeo` prints, as a technician at the server has it. */
  async mimeo(...args: string[]): Promise<string> {
    const { data, outlet } = this.room.server;
    const cli = [process.execPath, join(PROJECT, 'src/cli/main.ts'), '--data', data];
    return (await run([...outlet.at, ...cli, ...args], { cwd: PROJECT })).stdout.toString();
  }

  /** Bytes that the link between the switches has carried so far, to the far one and from it. */
  async uplink(): Promise<{ readonly to: number; readonly from: number }> {
    const { sent, received } = await this.room.network.uplinkBytes(FAR_SWITCH);
    return { to: received, from: sent };
  }

  get #contentMib(): number {
    return this.#options.contentMib ?? CONTENT_MIB;
  }

  async #furnish(): Promise<void> {
    const { room } = this;
    const { hosts, more = {}, uplinkRate } = this.#options;
    if (uplinkRate !== undefined) await room.network.addSwitch(FAR_SWITCH, uplinkRate);
    const first = await rawDisk(room.disk(IMAGE), this.#contentMib);
    await room.makeImage(first, IMAGE);
    for (const [name, { sharedMib }] of Object.entries(more)) {
      const master = await rawDisk(room.disk(name), this.#contentMib);
      const piece = ['bs=1M', 'skip=1', 'seek=1', `count=${sharedMib}`, 'conv=notrunc', 'status=none'];
      await run(['dd', `if=${first}`, `of=${master}`, ...piece]);
      await room.makeImage(master, name);
    }
    for (const [i, kind] of hosts.entries()) await this.#place(`PC${i + 1}`, kind);
  }

  async #place(name: string, kind: HostKind): Promise<void> {
    const { corrupt = false, isolated = false, far = false, rate, image = IMAGE, ways, preload } = kind;
    const host = await this.room.host(name, {
      outlet: { isolated, ...(far ? { switch: FAR_SWITCH } : {}), ...(rate === undefined ? {} : { rate }) },
      ...(corrupt ? { preload: BAD_NEIGHBOUR } : preload === undefined ? {} : { preload }),
      ...(ways === undefined ? {} : { ways }),
    });
    this.hosts.push(host);
    this.#images.set(host, image);
    await this.blank(host);
    await this.room.assign(host, image, name, far ? 'far' : 'near');
  }
}
