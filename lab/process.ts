import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { type Holdings, killNow } from './network/holdings.ts';
import { Transcript } from './transcript.ts';

export interface ProcessOptions {
  /** What to call it in messages. */
  readonly name: string;
  readonly holdings: Holdings;
  /** Where all it says is kept as well. */
  readonly logFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a process ended, in words. */
export type Ending = string;

/** A program of the lab that runs until it is stopped: what it says, when it ends, how to end it. */
export class LabProcess {
  readonly said: Transcript;
  /** Resolves when the process is gone and all it said was read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #running = true;

  private constructor(child: ChildProcess, said: Transcript, ended: Promise<Ending>) {
    this.#child = child;
    this.said = said;
    this.ended = ended.then((how) => {
      this.#running = false;
      return how;
    });
  }

  /** Starts it; rejects when the program cannot be started at all. */
  static async start(argv: readonly string[], options: ProcessOptions): Promise<LabProcess> {
    const [program = '', ...args] = argv;
    const said = new Transcript(options.name);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const log = options.logFile === undefined ? null : createWriteStream(options.logFile, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        said.append(bytes);
        log?.write(bytes);
      });
    }
    const { pid } = await new Promise<{ pid: number }>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve({ pid: child.pid ?? 0 }));
    });
    const release = options.holdings.hold(options.name, () => killNow(pid));
    const ended = new Promise<Ending>((resolve) => {
      child.once('close', (status, signal) => {
        const how = signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
        release();
        log?.end();
        said.end(how);
        resolve(how);
      });
    });
    return new LabProcess(child, said, ended);
  }

  get running(): boolean {
    return this.#running;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends the signal and waits for the end; SIGKILL follows after `patienceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 10_000): Promise<Ending> {
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }
}
