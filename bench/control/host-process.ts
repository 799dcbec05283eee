/** Many simulated hosts in one process, in the network namespace that it was started in. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Histogram } from './histogram.ts';
import type { HostJob, HostNews } from './host-job.ts';
import { Line } from './line.ts';
import { SharedLists } from './shared-lists.ts';
import { type Deployed, type HostsTogether, SimulatedHost } from './simulated-host.ts';

const job = JSON.parse(process.argv[2] ?? '') as HostJob;
const tell = (news: HostNews | object): void => void process.stdout.write(`${JSON.stringify(news)}\n`);
const together: HostsTogether = {
  server: job.server,
  diskBytes: job.diskBytes,
  timing: job.timing,
  lists: new SharedLists(),
  serverLine: new Line(job.timing.serverMs),
  frame: Buffer.alloc(job.timing.wireBytes),
  ...{ polls: new Histogram(), reports: new Histogram(), boots: new Histogram() },
  ...{ exchanges: 0, assignments: 0 },
};
const stop = new AbortController();
const loop = monitorEventLoopDelay({ resolution: 5 });
const deployed: Deployed[] = [];
let waiting = 0;
let left = 0;
let processorBefore = process.cpuUsage();

/** What was counted while hosts became known to the server is not about the order that is measured. */
function begin(): void {
  for (const one of [together.polls, together.reports]) one.clear();
  together.exchanges = 0;
  together.assignments = 0;
  loop.enable();
  processorBefore = process.cpuUsage();
}

function onFinished(one: Deployed): void {
  if (one.image !== job.image) return;
  deployed.push(one);
  if (deployed.length === job.count) tell({ kind: 'finished' });
}

function onLeft(image: string): void {
  if (image !== job.image) {
    waiting++;
    if (waiting < job.count) return;
    begin();
    tell({ kind: 'waiting' });
    return;
  }
  left++;
  if (left < job.count) return;
  const { user, system } = process.cpuUsage(processorBefore);
  tell({
    kind: 'result',
    hosts: deployed,
    ...{ exchanges: together.exchanges, assignments: together.assignments },
    ...{ polls: together.polls, reports: together.reports, boots: together.boots },
    loopP99Ms: loop.percentile(99) / 1e6,
    cpuSeconds: (user + system) / 1e6,
  });
  stop.abort();
}

begin();
const hosts = Array.from({ length: job.count }, (_, i) => new SimulatedHost(job.first + i, together));
try {
  await Promise.all(hosts.map((host) => host.run(stop.signal, onFinished, onLeft)));
} catch (thrown) {
  if (!stop.signal.aborted) throw thrown;
}
process.exit();
