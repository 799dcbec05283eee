import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../../src/command.ts';

/** Programs that Wine has none of, or one that does nothing and says that all went well. */
const STAND_INS = [
  'shutdown',
  'net',
  'schtasks',
  'rundll32',
  'pnputil',
  'powershell',
  'fsutil',
  'msiexec',
] as const;

/** A Windows made of Wine, with a folder of its own as drive C: and stand-ins for what Wine only pretends to do. */
export class WineHost {
  readonly #prefix: string;
  readonly #standIn: string;
  readonly #running = new Set<Promise<number | null>>();

  private constructor(prefix: string, standIn: string) {
    this.#prefix = prefix;
    this.#standIn = standIn;
  }

  /** Takes some seconds: once for a file of tests. */
  static async make(): Promise<WineHost> {
    const prefix = await mkdtemp(join(tmpdir(), 'mimeo-wine-'));
    const standIn = join(prefix, 'stand-in.exe');
    await run(['nasm', '-f', 'bin', join(import.meta.dirname, 'logging-program.asm'), '-o', standIn]);
    const host = new WineHost(prefix, standIn);
    await run(['wineboot', '-i'], { env: host.#environment() });
    return host;
  }

  /** `C:\a\b` as the path of this machine. */
  path(...segments: readonly string[]): string {
    return join(this.#prefix, 'drive_c', ...segments);
  }

  /** Empties what a test left: our folder, the log and the codes of the stand-ins. */
  async fresh(): Promise<void> {
    await this.powerCut();
    for (const folder of ['Mimeo', 'shims', 'test']) {
      await rm(this.path(folder), { recursive: true, force: true });
      await mkdir(this.path(folder));
    }
    for (const name of STAND_INS) await this.standIn(name);
  }

  /** @param exitCode what the program ends with */
  async standIn(name: string, exitCode = 0): Promise<void> {
    const program = this.path('shims', `${name}.exe`);
    await cp(this.#standIn, program);
    const code = Buffer.alloc(4);
    code.writeInt32LE(exitCode);
    await writeFile(`${program}.code`, code);
  }

  /** The command lines that stand-ins were given, in their order. */
  async commands(): Promise<string[]> {
    const log = this.path('shims', 'log.txt');
    if (!existsSync(log)) return [];
    return (await readFile(log, 'latin1')).split('\r\n').filter((line) => line !== '');
  }

  async text(...segments: readonly string[]): Promise<string> {
    return readFile(this.path(...segments), 'latin1');
  }

  /** Starts a program and resolves with its exit code; null when the power was cut first. */
  run(...argv: readonly string[]): Promise<number | null> {
    const child = spawn('wine', argv, { env: this.#environment(), stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    }).finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return ended;
  }

  /** What a program prints. */
  async output(...argv: readonly string[]): Promise<string> {
    const { stdout } = await run(['wine', ...argv], { env: this.#environment(), allowStatus: [0, 1] });
    return stdout.toString('latin1');
  }

  /** Every process of this Windows is gone at once; what was registered stays. */
  async powerCut(): Promise<void> {
    await run(['wineserver', '-k9'], { env: this.#environment(), allowStatus: [0, 1, 2] });
    // Those that wait for nothing but each other do not notice that their server is gone.
    for (const pid of await this.#processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await Promise.all([...this.#running]);
  }

  /** Waits for what a running program brings about. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const last = performance.now() + 40_000;
    while (!(await holds())) {
      if (performance.now() > last) throw new Error('The condition did not come true within 40 s.');
      await setTimeout(50);
    }
  }

  async remove(): Promise<void> {
    await this.powerCut();
    await rm(this.#prefix, { recursive: true, force: true });
  }

  /** Known by the environment that they were started with. */
  async #processes(): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      if (environment.split('\0').includes(`WINEPREFIX=${this.#prefix}`)) found.push(Number(name));
    }
    return found;
  }

  #environment(): Record<string, string> {
    return {
      ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }),
      HOME: this.#prefix,
      WINEPREFIX: this.#prefix,
      WINEDEBUG: '-all',
      WINEPATH: 'C:\\shims',
      WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=d',
      DISPLAY: '',
      LANG: 'C.UTF-8',
    };
  }
}
