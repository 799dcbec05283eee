import { readFile } from 'node:fs/promises';

const MIB = 1024 * 1024;
const MOST_BYTES = 256 * MIB;
/** Some tens of chunks: enough to pass on what just came. */
const LEAST_BYTES = 8 * MIB;
/** What the pipelines of a deploy and the programs that grow and personalise need. */
const RESERVED_BYTES = 256 * MIB;

export interface MemoryFacts {
  /** What programs could get without swapping. */
  readonly availableBytes: number;
}

/** How much a host keeps for others: half of what its own work leaves, 8 to 256 MiB. */
export function ringBytes({ availableBytes }: MemoryFacts): number {
  const half = Math.floor((availableBytes - RESERVED_BYTES) / 2);
  return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, half));
}

/**
 * @param text of /proc/meminfo, whose kB are KiB (proc_meminfo(5)); kernels since 3.14 have MemAvailable
 */
export function parseMeminfo(text: string): MemoryFacts {
  const [, kib] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? [];
  return { availableBytes: kib === undefined ? 0 : Number(kib) * 1024 };
}

/** This host's memory now. */
export async function readMemoryFacts(): Promise<MemoryFacts> {
  return parseMeminfo(await readFile('/proc/meminfo', 'utf8'));
}
