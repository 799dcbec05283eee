import { ControlRoom } from '../control/control-room.ts';
import type { HostResult } from '../control/host-job.ts';
import { measureOrder } from '../control/measure.ts';
import { timingOf, wireMs } from '../control/timing.ts';
import { rounded } from '../options.ts';
import type { SchoolBenchOptions } from './options.ts';
import { Technician } from './technician.ts';

const MIB = 1_048_576;
const CHUNKS_PER_GIB = 1024;
/** A transfer that is this much longer than what disk and port need waits for the server. */
const SERVER_BOUND = 1.25;

/**
 * One technician, hundreds of hosts: the keys that are typed, and the minutes until the last one has its image. The
 * first GiB are gone through in real time; what lies behind them is computed from it, and said to be.
 */
export async function measureSchool(
  options: SchoolBenchOptions,
  say: (line: string) => void,
): Promise<object> {
  const { hosts, processes, bitsPerSecond, gib, measuredGib, disk } = options;
  const chunks = measuredGib * CHUNKS_PER_GIB;
  const wireBytes = Math.round(MIB / options.compressible);
  const timing = timingOf({ wireBytes, bitsPerSecond, processes, disk });
  const eachSeconds = Math.max(timing.portMs, timing.writeMs) / 1000;
  const room = await ControlRoom.open({ hosts, chunks, processes, timing, profile: null });
  try {
    const technician = await Technician.sitDown(room.network, room.server.data);
    const orderedAt = performance.now();
    await technician.type('mimeo deploy all', /Type all to go on: $/);
    await technician.type('all');
    const orderSeconds = (performance.now() - orderedAt) / 1000;
    say(`ordered with ${technician.keystrokes} keys; ${hosts} hosts are switched on`);
    const { figures, results, seconds } = await measureOrder(room, {
      idealSeconds: chunks * (eachSeconds + timing.readBackMs / 1000),
      release: async () => ({ at: Date.now(), hosts: await room.switchOn() }),
    });
    const typed = technician.keystrokes;
    const factor = gib / measuredGib;
    const { writing, secondHalf } = slowestWriting(results);
    // The first half has the beginning in it, with few sources; what follows goes as fast as the second.
    const allWriting = writing + secondHalf * 2 * (factor - 1);
    const readBack = (chunks * timing.readBackMs) / 1000;
    // What is neither writing nor reading back is there once, however large the image is.
    const once = Math.max(0, seconds - writing - readBack);
    const loading = (wireMs(options.bootMib * MIB, bitsPerSecond) * hosts) / 1000;
    const total = orderSeconds + loading + options.bootSeconds + once + allWriting + readBack * factor;
    const needs = { disk: timing.writeMs * chunks, port: timing.portMs * chunks };
    const slower = needs.disk >= needs.port ? 'disk' : 'port';
    const steady = secondHalf * 2 > SERVER_BOUND * chunks * eachSeconds ? 'server' : slower;
    return {
      hosts,
      labs: 10,
      technicians: 1,
      keystrokes: typed,
      minutes: rounded(total / 60, 1),
      bound_by: steady,
      image: { used_gib: gib, wire_gib: rounded(gib / options.compressible, 1) },
      rate: options.rate,
      disk_mb_per_s: disk / 1e6,
      measured: {
        of_gib: measuredGib,
        order_s: rounded(orderSeconds, 1),
        boot_scripts_hellos_ends_s: rounded(once, 1),
        writing_s: rounded(writing, 1),
        second_half_s: rounded(secondHalf, 1),
        commands: ['mimeo deploy all', 'all'],
        server: figures,
      },
      computed: {
        boot_s: options.bootSeconds,
        boot_files_through_the_servers_port_s: rounded(loading, 1),
        writing_s: rounded(allWriting, 1),
        read_back_s: rounded(readBack * factor, 1),
        floors_s: {
          disk_write: rounded((needs.disk / 1000) * factor, 1),
          port: rounded((needs.port / 1000) * factor, 1),
        },
      },
      simulated: 'chunks and disks only wait; boot scripts, hellos, orders, reports, exchanges are real',
    };
  } finally {
    room.close();
  }
}

/** From an order taken to the last chunk written, and the second half of that; seconds, on the slowest host. */
function slowestWriting(results: readonly HostResult[]): { writing: number; secondHalf: number } {
  const all = results.flatMap(({ hosts }) => hosts);
  return {
    writing: Math.max(...all.map(({ takenAt, wholeAt }) => (wholeAt - takenAt) / 1000)),
    secondHalf: Math.max(...all.map(({ halfAt, wholeAt }) => (wholeAt - halfAt) / 1000)),
  };
}
