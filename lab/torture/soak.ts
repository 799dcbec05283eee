import { blankDisk, ext4Disk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const HOSTS = 6;
const MIB = 1_048_576;
/** What the server may keep more in the second half than in the quarter before: far less than each deployment moves. */
const MOST_KEPT_MIB = 8;
/** Resident memory follows the largest moment there was, not what is kept: a much wider bound, for leaks outside V8. */
const MOST_RESIDENT_MIB = 96;

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
    const memory: { readonly rss: number; readonly kept: number }[] = [];
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
    const kept = growthMib(memory.map((one) => one.kept));
    tally.check(kept < MOST_KEPT_MIB, `the server keeps ${kept.toFixed(1)} MiB more`);
    const resident = growthMib(memory.map((one) => one.rss));
    tally.check(
      resident < MOST_RESIDENT_MIB,
      `the server’s resident memory grew by ${resident.toFixed(0)} MiB`,
    );
    const shown = [memory[0], memory[Math.floor(memory.length / 2)], memory.at(-1)].map(
      (one) => `${((one?.kept ?? 0) / MIB).toFixed(1)}/${((one?.rss ?? 0) / MIB).toFixed(0)}`,
    );
    return tally.result(
      `${done} deployments; server memory kept/resident ${shown.join(', ')} MiB (first, half, last)`,
    );
  } finally {
    room.close();
  }
}

/** How much the second half lies above the quarter before it. What comes and goes shows least in the lowest values. */
function growthMib(values: readonly number[]): number {
  const half = Math.floor(values.length / 2);
  const before = values.slice(Math.floor(half / 2), half);
  return (Math.min(...values.slice(half)) - Math.min(...before)) / MIB;
}
