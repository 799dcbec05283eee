import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killNow, runNow } from './holdings.ts';
import { isAlive, ownerOf } from './run-name.ts';

/** Where runs keep their disks, sockets and logs. Not /tmp, which is memory on newer Debians. */
export const RUNS_FOLDER = '/var/tmp';

/**
 * Gives back what dead runs left behind (their owner was killed with SIGKILL, or the power went): processes
 * in their namespaces, the namespaces, mounts in their folders, the folders. Returns what it removed.
 */
export function sweepDeadRuns(): string[] {
  const swept: string[] = [];
  for (const namespace of namespaces().filter(isOfDeadRun)) {
    removeNamespace(namespace);
    swept.push(namespace);
  }
  for (const name of readdirSync(RUNS_FOLDER).filter(isOfDeadRun)) {
    removeRunFolder(join(RUNS_FOLDER, name));
    swept.push(name);
  }
  return swept;
}

/** Ends whatever still runs in a namespace and removes it; it may be gone already. */
export function removeNamespace(namespace: string): void {
  if (!namespaces().includes(namespace)) return;
  for (const pid of runNow(['ip', 'netns', 'pids', namespace]).split('\n').filter(Boolean)) {
    killNow(Number(pid));
  }
  runNow(['ip', 'netns', 'delete', namespace]);
}

/** Unmounts what is mounted below a run's folder, the innermost first, and removes the folder. */
export function removeRunFolder(folder: string): void {
  for (const mountPoint of mountsBelow(folder, readFileSync('/proc/mounts', 'utf8'))) {
    runNow(['umount', mountPoint]);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Mount points below a folder, the innermost first, from the text of /proc/mounts (octal escapes). */
export function mountsBelow(folder: string, mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((mountPoint) => mountPoint.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

function isOfDeadRun(name: string): boolean {
  const owner = ownerOf(name);
  return owner !== null && !isAlive(owner);
}

function namespaces(): string[] {
  return runNow(['ip', 'netns', 'list'])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '');
}
