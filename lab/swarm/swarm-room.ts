import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type SwarmView, swarmSchema, type TaskView } from '../../src/api/index.ts';
import { run } from '../../src/command.ts';
import type { AgentHost } from '../torture/rig/agent-host.ts';
import { blankDisk, rawDisk } from '../torture/rig/masters.ts';
import { AgentRoom } from '../torture/rig/room.ts';

const MIB = 1_048_576;
const IMAGE = 'lab-image';
const TASKS_MS = 120_000;

/** The size of the image: a few seconds at the ports' speed, so that there is a middle to do something in. */
export const CONTENT_MIB = 48;
export const PORT_RATE = '200mbit';
const BAD_NEIGHBOUR = join(import.meta.dirname, '../torture/rig/corrupt-sender.ts');

export interface HostKind {
  /** Sends every tenth chunk with a wrong byte. */
  readonly corrupt?: boolean;
  /** The switch lets it reach the server only. */
  readonly isolated?: boolean;
}

/** A lab whose hosts get one image over ports of a given speed, and what became of it. */
export class SwarmRoom {
  readonly room: AgentRoom;
  readonly hosts: readonly AgentHost[];
  readonly #master: string;

  private constructor(room: AgentRoom, master: string, hosts: readonly AgentHost[]) {
    this.room = room;
    this.#master = master;
    this.hosts = hosts;
  }

  static async open(kinds: readonly HostKind[]): Promise<SwarmRoom> {
    const room = await AgentRoom.open({
      portRate: PORT_RATE,
      disksMib: (kinds.length + 2) * (CONTENT_MIB + 8),
    });
    try {
      const master = await rawDisk(room.disk('master'), CONTENT_MIB);
      await room.makeImage(master, IMAGE);
      const hosts: AgentHost[] = [];
      for (const [i, { corrupt = false, isolated = false }] of kinds.entries()) {
        const name = `PC${i + 1}`;
        const bad = corrupt ? { preload: BAD_NEIGHBOUR } : {};
        const host = await room.host(name, { outlet: { isolated }, ...bad });
        await blankDisk(room.disk(name), (CONTENT_MIB + 2) * MIB);
        await room.assign(host, IMAGE, name);
        hosts.push(host);
      }
      return new SwarmRoom(room, master, hosts);
    } catch (error) {
      room.close();
      throw error;
    }
  }

  /** Orders the image for all hosts and switches these on. @returns the order's id */
  async release(on: readonly AgentHost[] = this.hosts): Promise<string> {
    const { id } = await this.room.server.deploy(this.hosts.map(({ mac }) => mac));
    await Promise.all(on.map((host) => host.powerOn()));
    return id;
  }

  async traffic(order: string): Promise<SwarmView> {
    return swarmSchema.parse(await this.room.server.get(`/api/v1/deployments/${order}/swarm`));
  }

  /** Waits until hosts have got so much of the image, all together, counted in images. */
  async until(order: string, images: number): Promise<void> {
    const enough = images * CONTENT_MIB * MIB;
    await this.room.server.until(`${images} images' worth of chunks`, TASKS_MS, async () => {
      const { serverBytes, peerBytes } = await this.traffic(order);
      return serverBytes + peerBytes >= enough;
    });
  }

  /** Waits for the end of the order and looks at every byte of every host. */
  async allRight(order: string): Promise<TaskView[]> {
    const tasks = await this.room.server.ended(order, TASKS_MS);
    for (const { hostName, status, words } of tasks) assert.equal(status, 'done', `${hostName}: ${words}`);
    for (const { name, disk } of this.hosts) {
      const compare = [
        'cmp',
        '--ignore-initial',
        `${MIB}`,
        '--bytes',
        `${CONTENT_MIB * MIB}`,
        disk,
        this.#master,
      ];
      const { status } = await run(compare, { allowStatus: [0, 1] });
      assert.equal(status, 0, `${name} has another content than the master`);
    }
    return tasks;
  }

  /** How often the image left the server. */
  async copies(order: string): Promise<number> {
    return (await this.traffic(order)).serverBytes / (CONTENT_MIB * MIB);
  }

  close(): void {
    this.room.close();
  }
}
