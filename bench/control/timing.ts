import type { HostTiming } from './host-job.ts';

const MIB = 1_048_576;
/** What TCP, IP and Ethernet add to a chunk. */
const FRAMING = 1.046;

/** Milliseconds that so many bytes take at a port of this speed, framing included. */
export function wireMs(bytes: number, bitsPerSecond: number): number {
  return (bytes * FRAMING * 8000) / bitsPerSecond;
}

/**
 * How long chunks take that are not sent. The server's port is shared out evenly among the processes, which do not
 * know of each other.
 *
 * @param disk bytes per second of a host's disk; null: none
 */
export function timingOf(of: {
  readonly wireBytes: number;
  readonly bitsPerSecond: number;
  readonly processes: number;
  readonly disk: number | null;
}): HostTiming {
  const portMs = wireMs(of.wireBytes, of.bitsPerSecond);
  const diskMs = of.disk === null ? 0 : (MIB * 1000) / of.disk;
  const serverMs = portMs * of.processes;
  return { wireBytes: of.wireBytes, portMs, serverMs, writeMs: diskMs, readBackMs: diskMs };
}
