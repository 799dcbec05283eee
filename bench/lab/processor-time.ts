import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Linux counts processor time for user space in these, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

/** Processor seconds of a process and all below it, the ended ones that were waited for included; 0 when it is gone. */
export async function processorSeconds(pid: number): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime, cutime, cstime.
    const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_SECOND;
    const below = await Promise.all((await childrenOf(pid)).map(processorSeconds));
    return below.reduce((sum, seconds) => sum + seconds, own);
  } catch {
    return 0;
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => '');
    children.push(...text.split(' ').filter(Boolean).map(Number));
  }
  return children;
}

/** What the whole machine did so far, seconds of all processors together. */
export interface MachineTime {
  readonly busy: number;
  /** The network's own work: queues, bridges, TCP's receiving half. No process is charged for it. */
  readonly softirq: number;
}

export async function machineTime(): Promise<MachineTime> {
  const [first = ''] = (await readFile('/proc/stat', 'latin1')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  return { busy: user + nice + system + irq + softirq, softirq };
}

/** How many processors the machine keeps busy meanwhile: what others do that the bench shares it with. */
export async function busyCores(seconds: number): Promise<number> {
  const before = await machineTime();
  const from = performance.now();
  await wait(seconds * 1000);
  return (((await machineTime()).busy - before.busy) * 1000) / (performance.now() - from);
}
