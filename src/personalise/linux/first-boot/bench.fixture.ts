import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../../command.ts';
import { DEBIAN, PLAIN } from '../settings.fixture.ts';
import { viewOf } from '../tree.fixture.ts';
import { planFirstBoot } from './plan.ts';
import { HOME } from './runner.ts';
import type { FirstBootTask } from './task.ts';

/** A report as it arrives. */
export interface Told {
  readonly step: number;
  readonly name: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly attempt: number;
  readonly logTail: string;
}

/** A server for reports: what it was told, and what it answers. */
export class ReportServer {
  readonly told: Told[] = [];
  readonly tokens = new Set<string>();
  status = 200;
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(t: TestContext): Promise<ReportServer> {
    const server = createServer();
    const desk = new ReportServer(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        desk.tokens.add(`${request.method} ${request.url} ${request.headers.authorization}`);
        // A client that was killed has not said all.
        if (desk.status === 200 && request.complete && body !== '') desk.told.push(JSON.parse(body) as Told);
        response.writeHead(desk.status).end();
        desk.#arrived.resolve();
        desk.#arrived = Promise.withResolvers<void>();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return desk;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/first-boot/v1`;
  }

  /** Waits until a report fits. */
  async until(fits: (one: Told) => boolean): Promise<void> {
    while (!this.told.some(fits)) await this.#arrived.promise;
  }

  /** `1 started`, `1 finished`… A report that arrived twice (it was not yet crossed off at a power cut) counts once. */
  get words(): string[] {
    const seen = new Map(
      this.told.map(({ step, state, attempt }) => [`${step} ${state} ${attempt}`, `${step} ${state}`]),
    );
    return [...seen.values()];
  }
}

/** A first boot in a folder of its own, as it would lie on a host. */
export class Bench {
  readonly home: string;
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.home = join(folder, 'mimeo-first-boot');
  }

  static async lay(t: TestContext, tasks: readonly FirstBootTask[], url: string | null): Promise<Bench> {
    const bench = new Bench(await mkdtemp(join(tmpdir(), 'mimeo-first-boot-')));
    t.after(() => rm(bench.folder, { recursive: true, force: true }));
    const report = url === null ? null : { url, token: 'SECRET-TOKEN' };
    const settings = { ...PLAIN, firstBoot: { report, printers: [], defaultPrinter: null, packages: [] } };
    const { edits } = planFirstBoot({ settings, facts: DEBIAN, view: viewOf({}) }, tasks);
    for (const edit of edits) {
      const path = `/${edit.path.join('/')}`;
      if (edit.kind !== undefined || !path.startsWith(HOME)) continue;
      const at = join(bench.home, path.slice(HOME.length));
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, edit.after);
    }
    // The last line that sets a value wins.
    const own = { pause: '0.05', patience: '0', log: bench.at('log'), restart: ':' };
    const lines = Object.entries(own).map(([key, value]) => `${key}='${value}'\n`);
    await appendFile(join(bench.home, 'settings'), lines.join(''));
    await writeFile(join(bench.home, 'started-by'), `${bench.at('unit')}\n`);
    await writeFile(bench.at('unit'), '');
    return bench;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Runs one half to its end. */
  async run(phase: FirstBootTask['when']): Promise<number | null> {
    return (await this.begin(phase)).ended;
  }

  /** Starts one half, with programs of {@link folder} first on the path; `kill` ends all of it at once, as a power cut would. */
  async begin(phase: FirstBootTask['when']): Promise<{ ended: Promise<number | null>; kill: () => void }> {
    const child = spawn('/bin/sh', [join(this.home, 'run'), phase], {
      detached: true,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${this.folder}:${process.env['PATH']}` },
    });
    await once(child, 'spawn');
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { ended, kill: () => killSession(child.pid ?? 0) };
  }

  /** Leaves nothing on the path of the first boot but busybox, its shell too. */
  async onlyBusybox(): Promise<void> {
    const tools = this.at('tools');
    await mkdir(tools);
    await run(['busybox', '--install', '-s', tools]);
    const program = join(this.home, 'run');
    const text = await readFile(program, 'utf8');
    await writeFile(
      program,
      text.replace(/^PATH=.*$/m, `PATH=${tools}`).replaceAll('/bin/sh ', `${tools}/sh `),
    );
  }

  /** Lets scripts look for the folder of the first boot where it lies here. */
  async moveScripts(): Promise<void> {
    const steps = join(this.home, 'steps');
    for (const name of await readdir(steps)) {
      const text = await readFile(join(steps, name), 'utf8');
      await writeFile(join(steps, name), text.replaceAll(HOME, this.home));
    }
  }

  read(name: string): Promise<string> {
    return readFile(this.at(name), 'utf8').catch(() => '');
  }
}

/** Ends a program and all that it started: `timeout` makes process groups of its own, the session stays one. */
function killSession(leader: number): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = statOf(pid);
    const session = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
    if (session === leader) kill(Number(pid));
  }
}

/** It may have ended by itself in between. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
}
