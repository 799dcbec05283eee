import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { killNow } from '../../lab/network/holdings.ts';
import type { LabNetwork } from '../../lab/network/index.ts';
import { Transcript } from '../../lab/transcript.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const PROMPT = '§ ';
const PATIENCE_MS = 120_000;

/** Somebody at a shell on the server, who types the real commands; every key is counted. */
export class Technician {
  readonly said = new Transcript('the technician');
  readonly #typeInto: (text: string) => void;
  #keystrokes = 0;

  private constructor(typeInto: (text: string) => void) {
    this.#typeInto = typeInto;
  }

  /** Sits down at a terminal of the machine whose server keeps its data there. */
  static async sitDown(network: LabNetwork, data: string): Promise<Technician> {
    const bin = join(network.folder, 'bin');
    await mkdir(bin, { mode: 0o755 });
    const mimeo = join(bin, 'mimeo');
    const main = join(PROJECT, 'src/cli/main.ts');
    await writeFile(mimeo, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    await chmod(mimeo, 0o755);
    const shell = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
        ...{ MIMEO_DATA: data, PS1: PROMPT, TERM: 'dumb', COLUMNS: '120', NO_COLOR: '1' },
        ...{ HOME: network.folder, LANG: 'C.UTF-8' },
      },
    });
    network.holdings.hold('the technician', () => killNow(shell.pid ?? 0));
    const one = new Technician((text) => void shell.stdin.write(text));
    shell.stdout.on('data', (bytes: Buffer) => one.said.append(bytes));
    await one.said.waitFor(PROMPT_SHOWN, PATIENCE_MS);
    return one;
  }

  get keystrokes(): number {
    return this.#keystrokes;
  }

  /** Types this and Enter. @returns what the terminal showed until it asked for more, and from where on */
  async type(text: string, until: RegExp = PROMPT_SHOWN): Promise<string> {
    const from = this.said.here;
    this.#keystrokes += text.length + 1;
    this.#typeInto(`${text}\r`);
    await this.said.waitFor(until, PATIENCE_MS, from);
    return this.said.text.slice(from);
  }
}

const PROMPT_SHOWN = /§ $/;
