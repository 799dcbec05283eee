import { blankDisk, ext4Disk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const HOSTS = 6;
const MIB = 1_048_576;
/** What the server may hold more after the second half than after the first: far less than each deployment would leave. */
const MOST_GROWTH_MIB = 24;

/** One deployment after the other of a small image to a few hosts at a time: the server's memory stays flat. */
export async function tortureSoak({ deployments }: { deployments: number }): Promise<TortureResult> {
  const tally = new Tally('soak');
  const room = await AgentRoom.open();
  try {
    const { server } = room;
    const master = room.disk('master');
    const { bytes } = await ext4Disk(master, 4);
    await room.makeImage(master, 'xp');
    const hosts = await Promise.all(Array.from({ length: HOSTS }, (_, i) => room.host(`pc${i}`)));
    for (const [i, host] of hosts.entries()) await room.assign(host, 'xp', `PC${i}`);
    const memory: number[] = [];
    let done = 0;
    while (done < deployments) {
      for (const host of hosts) await blankDisk(host.disk, bytes);
      const { id } = await server.deploy(['all'], 'shutdown');
      await Promise.all(hosts.map((host) => host.powerOn()));
      const tasks = await server.ended(id, 180_000);
      await Promise.all(hosts.map((host) => host.off()));
      for (const task of tasks)
        tally.check(task.status === 'done', `${task.hostName} ended ${task.status}: ${task.words}`);
      done += tasks.length;
      memory.push(await server.memory());
    }
    const half = Math.floor(memory.length / 2);
    const growth = (lowest(memory.slice(half)) - lowest(memory.slice(Math.floor(half / 2), half))) / MIB;
    tally.check(growth < MOST_GROWTH_MIB, `the server’s memory grew by ${growth.toFixed(0)} MiB`);
    const shown = [memory[0], memory[half], memory.at(-1)].map((bytes = 0) => (bytes / MIB).toFixed(0));
    return tally.result(`${done} deployments; server memory ${shown.join(', ')} MiB (first, half, last)`);
  } finally {
    room.close();
  }
}

/** Garbage that is not collected yet comes and goes; what is kept shows in the lowest value. */
function lowest(values: readonly number[]): number {
  return Math.min(...values);
}
