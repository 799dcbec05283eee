import { z } from 'zod';
import { labNeeds } from '../../lab/needs.ts';
import { LabProcess } from '../../lab/process.ts';
import { run } from '../../src/command.ts';
import { rounded } from '../options.ts';
import type { LabBenchOptions } from './options.ts';
import { PeerRoom, type Place } from './peers/peer-room.ts';
import { unicast } from './peers/unicast.ts';
import { busyCores, machineTime } from './processor-time.ts';

const SECONDS = 10;
const PORT = '5201';
const report = z.object({ end: z.object({ sum_received: z.object({ bits_per_second: z.number() }) }) });

/**
 * What the shaped network itself can do on this machine: one plain download against the floor, and all ports full in
 * both directions at once, with what that costs in processor time. Nothing can be nearer to the floor than this.
 */
export async function measureLimits(options: LabBenchOptions, say: (line: string) => void): Promise<object> {
  const need = labNeeds('iperf3', 'wget');
  if (need !== false) throw new Error(need);
  const room = await PeerRoom.open(options);
  try {
    const [first] = room.hosts;
    const floor = (room.bytes * 8) / options.bitsPerSecond;
    const one = await unicast(room, first === undefined ? [] : [first]);
    say(`one plain download: ${(one / floor).toFixed(3)} × the floor`);
    const others = await busyCores(2);
    const full = await allPortsFull(room, [room.server, ...room.hosts]);
    const { hosts, rate, congestion } = options;
    return {
      hosts,
      rate,
      congestion,
      http_ratio: rounded(one / floor),
      others_cores: rounded(others, 1),
      all_ports: full,
    };
  } finally {
    room.close();
  }
}

/** Each machine sends to the next one, in a ring. */
async function allPortsFull(room: PeerRoom, places: readonly Place[]): Promise<object> {
  const { holdings } = room.network;
  const listeners = await Promise.all(
    places.map(({ outlet }) =>
      LabProcess.start([...outlet.at, 'iperf3', '--server', '--forceflush', '--port', PORT], {
        name: 'iperf3',
        holdings,
      }),
    ),
  );
  for (const { said } of listeners) await said.waitFor(/Server listening/, 20_000);
  const before = await machineTime();
  const reports = await Promise.all(
    places.map(async ({ outlet }, i) => {
      const next = places[(i + 1) % places.length]?.address ?? '';
      const client = ['iperf3', '--json', '--time', String(SECONDS), '--port', PORT, '--client', next];
      const { stdout } = await run([...outlet.at, ...client]);
      return report.parse(JSON.parse(stdout.toString())).end.sum_received.bits_per_second / 1e6;
    }),
  );
  const after = await machineTime();
  await Promise.all(listeners.map((listener) => listener.stop('SIGKILL')));
  return {
    seconds: SECONDS,
    mbit_each: { least: rounded(Math.min(...reports), 1), most: rounded(Math.max(...reports), 1) },
    busy_s: rounded(after.busy - before.busy, 1),
    softirq_s: rounded(after.softirq - before.softirq, 1),
  };
}
