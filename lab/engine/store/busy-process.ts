import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The program `busy-store.ts` in a process of its own, and what it says. */
export class BusyStore {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess, output: NodeJS.ReadableStream) {
    this.#child = child;
    const lines = createInterface({ input: output });
    this.#closed = once(lines, 'close');
    lines.on('line', (line) => {
      this.lines.push(line);
      this.#onLine();
    });
  }

  #onLine: () => void = () => undefined;

  /**
   * Resolves when the store has started.
   * @param args those of the program
   * @param under a command that runs it, such as `['fiu-run', '-x']`
   */
  static async start(args: readonly string[], under: readonly string[] = []): Promise<BusyStore> {
    const program = join(import.meta.dirname, 'busy-store.ts');
    const [command = '', ...rest] = [...under, process.execPath, program, ...args];
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    const busy = new BusyStore(child, child.stdout);
    await busy.until((lines) => lines.includes('started'), 30_000);
    return busy;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until what was said is enough, for so long; whether it was. @throws Error when it ended by itself */
  async until(enough: (lines: readonly string[]) => boolean, patienceMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(patienceMs);
    while (!enough(this.lines)) {
      if (signal.aborted) return false;
      assert.ok(this.#child.exitCode === null, `the store ended by itself: ${this.lines.at(-1)}`);
      await new Promise<void>((resolve) => {
        this.#onLine = resolve;
        this.#child.once('exit', () => resolve());
        signal.addEventListener('abort', () => resolve());
      });
      this.#child.removeAllListeners('exit');
    }
    return true;
  }

  /** Kills it, and waits until it is gone and all it said was read. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    await this.#closed;
    assert.equal(this.#child.exitCode, null, `the store ended by itself: ${this.lines.at(-1)}`);
  }
}
