import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { rounded } from '../options.ts';
import type { BenchHost, Landed } from './bench-host.ts';
import type { BenchRoom } from './bench-room.ts';
import { sameContent } from './master-disk.ts';
import type { LabBenchOptions } from './options.ts';
import { sentBytes } from './port-counter.ts';
import { machineTime, processorSeconds } from './processor-time.ts';

const MIB = 1_048_576;

/** One host alone, then all of them: how long until the last byte is right on the slowest. */
export async function measure(
  room: BenchRoom,
  options: LabBenchOptions,
  say: (line: string) => void,
): Promise<object> {
  const { storedBytes } = room.image;
  const floor = (storedBytes * 8) / options.bitsPerSecond;
  const patience = 60_000 + floor * 1000 * (options.hosts + 3);
  say(`${options.hosts} hosts registered; ${storedBytes} bytes of chunks, floor ${floor.toFixed(2)} s`);
  const one = await alone(room, patience);
  say(`one host alone: ${one.toFixed(2)} s, ${(one / floor).toFixed(3)} × the floor`);

  const sentBefore = await sentBytes(room.server.outlet);
  const before = await processorTimes(room);
  const machineBefore = await machineTime();
  const { at } = await room.order([...room.hosts, ...(room.late === null ? [] : [room.late])]);
  const half = wait(floor * 500).then(() => interfere(room));
  const healthy = room.hosts.filter(({ fault }) => fault === 'none' || fault === 'corrupt');
  const landed = await Promise.all(healthy.map((host) => host.landed(patience)));
  const machine = await machineTime();
  const after = await processorTimes(room);
  const elapsed = (Date.now() - at) / 1000;
  const sent = (await sentBytes(room.server.outlet)) - sentBefore;
  await half;
  const seconds = landed.map(({ wholeAt }) => (wholeAt - at) / 1000);
  const slowest = Math.max(...seconds);
  const processors = sumOf(after) - sumOf(before);
  const [busy, softirq] = [machine.busy - machineBefore.busy, machine.softirq - machineBefore.softirq];
  const others = Math.max(0, busy - softirq - processors) / elapsed;
  if (others > 1) say(`others kept ${others.toFixed(1)} processors busy: the figures suffer from that`);
  say(`slowest ${slowest.toFixed(2)} s, ${(slowest / floor).toFixed(3)} × the floor`);

  const late = room.late === null ? null : await room.late.landed(patience);
  const slow = options.waitSlow
    ? await Promise.all(room.hosts.filter(isSlow).map((host) => host.landed(patience + floor * 12_000)))
    : [];
  const whole = [...healthy, ...(room.late === null ? [] : [room.late])];
  await bytesAreRight(room, [...whole, ...(options.waitSlow ? room.hosts.filter(isSlow) : [])], options);
  const lateSeconds = late === null ? null : (late.wholeAt - late.takenAt) / 1000;
  return {
    hosts: options.hosts,
    rate: options.rate,
    mib: options.mib,
    image_bytes: storedBytes,
    floor_s: rounded(floor),
    one_s: rounded(one),
    slowest_s: rounded(slowest),
    ratio: rounded(slowest / floor),
    server_copies: rounded(sent / storedBytes),
    cpu_s: rounded(processors, 1),
    cpu_server_s: rounded(after.server - before.server, 1),
    machine: {
      cores: availableParallelism(),
      // Above 1, what is measured is the machine and not the network.
      others_cores: rounded(others, 1),
      busy_s: rounded(busy, 1),
      softirq_s: rounded(softirq, 1),
      congestion: options.congestion,
    },
    gib_per_minute_and_host: rounded(((options.mib / 1024) * 60) / slowest, 2),
    ...(options.compressible === 1
      ? {}
      : { raw_floor_s: rounded((options.mib * MIB * 8) / options.bitsPerSecond) }),
    ...(lateSeconds === null ? {} : { late_s: lateSeconds, late_ratio: rounded(lateSeconds / floor) }),
    ...(options.waitSlow ? { slow_s: slow.map(({ wholeAt }) => (wholeAt - at) / 1000) } : {}),
    corrupted: room.hosts.reduce((sum, host) => sum + host.corrupted, 0),
    bytes_right: true,
    host_seconds: Object.fromEntries(healthy.map(({ name }, i) => [name, seconds[i] ?? null])),
  };
}

/** The first host gets the image while the others wait; then its disk is empty again. */
async function alone(room: BenchRoom, patience: number): Promise<number> {
  const [first] = room.hosts;
  if (first === undefined) throw new Error('there is no host');
  const { at } = await room.order([first]);
  const { wholeAt }: Landed = await first.landed(patience);
  await first.idle(60_000);
  await first.blank();
  return (wholeAt - at) / 1000;
}

/** What happens in the middle. */
async function interfere(room: BenchRoom): Promise<void> {
  await Promise.all([
    ...room.hosts.filter(({ fault }) => fault === 'killed').map((host) => host.powerCut()),
    room.late?.powerOn(),
  ]);
}

const isSlow = ({ fault }: BenchHost): boolean => fault === 'slow';

async function processorTimes(room: BenchRoom): Promise<{ server: number; hosts: number }> {
  const hosts = await Promise.all(room.hosts.map((host) => host.processorSeconds()));
  const server = await processorSeconds(room.server.process.pid);
  return { server, hosts: hosts.reduce((sum, seconds) => sum + seconds, 0) };
}

const sumOf = ({ server, hosts }: { server: number; hosts: number }): number => server + hosts;

async function bytesAreRight(
  room: BenchRoom,
  hosts: readonly BenchHost[],
  options: LabBenchOptions,
): Promise<void> {
  for (const { disk, name } of hosts) {
    if (!(await sameContent(room.master, disk, options.mib)))
      throw new Error(`${name}: wrong bytes on its disk`);
  }
}
