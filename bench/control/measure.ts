import { availableParallelism } from 'node:os';
import { busyCores, processorSeconds } from '../lab/processor-time.ts';
import { rounded } from '../options.ts';
import type { ControlRoom } from './control-room.ts';
import { Histogram } from './histogram.ts';
import type { HostResult } from './host-job.ts';
import type { SimulatedHosts } from './simulated-hosts.ts';

const MIB = 1_048_576;
/** Hosts that never come to an end are a fault, not a figure. */
const PATIENCE = 20;
const LINGER_MS = 120_000;

/** The hosts that begin, and when they may: milliseconds since the epoch. */
export interface Released {
  readonly at: number;
  readonly hosts: readonly SimulatedHosts[];
}

/** What one order for all hosts cost the server, and how long its questions took. */
export interface Measured {
  readonly releasedAt: number;
  readonly results: readonly HostResult[];
  /** From the release until the last host had told of its end. */
  readonly seconds: number;
  readonly figures: Readonly<Record<string, unknown>>;
}

/**
 * Watches one order from its release to the last host's end.
 *
 * @param release lets them begin
 */
export async function measureOrder(
  room: ControlRoom,
  { idealSeconds, release }: { idealSeconds: number; release: () => Promise<Released> },
): Promise<Measured> {
  const { server } = room;
  const others = await busyCores(2);
  await room.forgetPeakMemory();
  await room.loopDelay();
  const before = await processorSeconds(server.process.pid);
  const { at: releasedAt, hosts } = await release();
  const patience = 60_000 + idealSeconds * 1000 * PATIENCE;
  await Promise.all(hosts.map((one) => one.finished(patience)));
  const seconds = (Date.now() - releasedAt) / 1000;
  const used = (await processorSeconds(server.process.pid)) - before;
  const loop = await room.loopDelay();
  const memory = await room.peakMemory();
  const results = await Promise.all(hosts.map((one) => one.result(LINGER_MS)));
  return { releasedAt, results, seconds, figures: figuresOf({ seconds, used, loop, memory, others }) };

  function figuresOf(of: {
    seconds: number;
    used: number;
    loop: { p50: number; p99: number; max: number };
    memory: number;
    others: number;
  }): Record<string, unknown> {
    const all = results.flatMap((one) => one.hosts);
    const polls = Histogram.sum(results.map((one) => new Histogram(one.polls)));
    const reports = Histogram.sum(results.map((one) => new Histogram(one.reports)));
    const boots = Histogram.sum(results.map((one) => new Histogram(one.boots)));
    const sum = (pick: (one: HostResult) => number): number => results.reduce((n, one) => n + pick(one), 0);
    const last = Math.max(...all.map(({ wholeAt }) => wholeAt));
    const whole = (last - releasedAt) / 1000;
    const { chunks } = room.options;
    return {
      server_cores: rounded(of.used / of.seconds),
      poll_p99_ms: polls.percentile(0.99),
      poll_p50_ms: polls.percentile(0.5),
      rss_mib: rounded(of.memory / MIB, 0),
      seconds: rounded(of.seconds, 2),
      ideal_s: rounded(idealSeconds, 2),
      last_whole_s: rounded(whole, 2),
      late_s: rounded(whole - idealSeconds, 2),
      exchanges_per_s: rounded(sum((one) => one.exchanges) / whole, 0),
      assignments_per_s: rounded(sum((one) => one.assignments) / whole, 0),
      // What does not depend on what else the machine does.
      server_us_per_exchange: rounded((of.used * 1e6) / sum((one) => one.exchanges), 0),
      server_us_per_assignment: rounded((of.used * 1e6) / sum((one) => one.assignments), 0),
      report_p99_ms: reports.percentile(0.99),
      boot_p99_ms: boots.percentile(0.99),
      order_taken_last_ms: Math.max(...all.map(({ takenAt }) => takenAt)) - releasedAt,
      server_copies: rounded(all.reduce((n, one) => n + one.fromServer, 0) / chunks),
      joined_again: all.reduce((n, one) => n + one.joins - 1, 0),
      server_loop_ms: {
        p50: rounded(of.loop.p50, 1),
        p99: rounded(of.loop.p99, 1),
        max: rounded(of.loop.max, 1),
      },
      hosts_loop_p99_ms: rounded(Math.max(...results.map((one) => one.loopP99Ms)), 1),
      hosts_cores: rounded(sum((one) => one.cpuSeconds) / of.seconds),
      machine: { cores: availableParallelism(), others_cores: rounded(of.others, 1) },
    };
  }
}
