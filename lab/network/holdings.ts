import { spawnSync } from 'node:child_process';

/**
 * What a lab holds of the machine (processes, namespaces, mounts, folders) and how to give each back.
 * Giving back is synchronous, so that it also works from the process's `exit` event: after an exception,
 * Ctrl-C or a test runner's kill. Only SIGKILL escapes it; for that there is the sweeper.
 */
export class Holdings {
  readonly #held: { readonly what: string; readonly release: () => void }[] = [];

  constructor() {
    open.add(this);
    watchProcessEnd();
  }

  /** Remembers something to give back; the function returned gives it back now. */
  hold(what: string, release: () => void): () => void {
    const entry = { what, release };
    this.#held.push(entry);
    return () => {
      const index = this.#held.indexOf(entry);
      if (index < 0) return;
      this.#held.splice(index, 1);
      release();
    };
  }

  /** Gives everything back, the newest first. One failure does not keep the rest; all are reported. */
  close(): void {
    const failures: unknown[] = [];
    for (let entry = this.#held.pop(); entry !== undefined; entry = this.#held.pop()) {
      try {
        entry.release();
      } catch (error) {
        failures.push(new Error(`${entry.what} could not be given back`, { cause: error }));
      }
    }
    open.delete(this);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }
}

const open = new Set<Holdings>();
let watching = false;

function watchProcessEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const holdings of open) {
      try {
        holdings.close();
      } catch (error) {
        console.error(String(error));
      }
    }
  });
  // Without a listener these signals end the process with no `exit` event.
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(status));
  }
}

/** Runs a command to its end, for giving things back; throws with the command's own words. */
export function runNow(argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr.trim()}`);
  return result.stdout;
}

/** Kills a process that is ours; it may be gone already. */
export function killNow(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
