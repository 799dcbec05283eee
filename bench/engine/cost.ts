import { readFileSync } from 'node:fs';

/** What something cost. CPU counts all threads and all programs that were run for it and ended. */
export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of it in the kernel, for this process itself. */
  readonly systemSeconds: number;
  /** Of it in programs it ran. */
  readonly childCpuSeconds: number;
  /** The most memory this process held, and what it held at the start: the runtime and the code. */
  readonly peakMib: number;
  readonly startMib: number;
}

export interface Mark {
  readonly at: number;
  readonly own: NodeJS.CpuUsage;
  readonly children: number;
  readonly startMib: number;
}

export function mark(): Mark {
  return {
    at: performance.now(),
    own: process.cpuUsage(),
    children: childSeconds(),
    startMib: process.memoryUsage.rss() / 1_048_576,
  };
}

export function costSince({ at, own, children, startMib }: Mark): Cost {
  const wallSeconds = (performance.now() - at) / 1000;
  const { user, system } = process.cpuUsage(own);
  const childCpuSeconds = childSeconds() - children;
  return {
    wallSeconds,
    cpuSeconds: (user + system) / 1e6 + childCpuSeconds,
    systemSeconds: system / 1e6,
    childCpuSeconds,
    peakMib: process.resourceUsage().maxRSS / 1024,
    startMib,
  };
}

/** CPU of programs that ended and were waited for: cutime and cstime, in hundredths of a second (proc(5)). */
function childSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
