import { readFileSync } from 'node:fs';

/**
 * The name of one run of the lab, in which everything it makes is named: `mimeo-<pid>-<start>-<count>`,
 * numbers in base 36. The start time tells a process from a later one with the same id, so that the
 * sweeper never takes a living run for a dead one.
 */
export interface RunOwner {
  readonly pid: number;
  /** Clock ticks after the machine's start at which the process began. */
  readonly started: number;
}

const NAME = /^mimeo-([0-9a-z]+)-([0-9a-z]+)-[0-9a-z]+(?:-|$)/;
let count = 0;

/** A name that no other run on this machine has. */
export function newRunName(): string {
  const owner = { pid: process.pid, started: startOf(process.pid) ?? 0 };
  return `mimeo-${owner.pid.toString(36)}-${owner.started.toString(36)}-${(count++).toString(36)}`;
}

/** Who made the thing of this name, or null when no lab did. */
export function ownerOf(name: string): RunOwner | null {
  const [, pid, started] = NAME.exec(name) ?? [];
  if (pid === undefined || started === undefined) return null;
  return { pid: Number.parseInt(pid, 36), started: Number.parseInt(started, 36) };
}

/** Whether the process that named it still lives. */
export function isAlive(owner: RunOwner): boolean {
  return startOf(owner.pid) === owner.started;
}

/** Field 22 of /proc/PID/stat, or null when there is no such process. */
function startOf(pid: number): number | null {
  try {
    return startTicks(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** The start time in a line of /proc/PID/stat; the command's name in it may hold blanks and parentheses. */
export function startTicks(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}
