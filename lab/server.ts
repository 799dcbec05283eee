import { appendFile, cp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { run } from '../src/command.ts';
import { type LabNetwork, type Outlet, SUBNET } from './network/index.ts';
import { LabProcess } from './process.ts';

const PROJECT = resolve(import.meta.dirname, '..');

/** Where the boot environment lies that the hosts of the lab start. */
export const BOOT_ENVIRONMENT = join(PROJECT, 'build/bootenv');

export interface MimeoServerOptions {
  /** Words for the hosts' kernel command line. */
  readonly kernelWords?: string;
}

/** The real server at its place in the lab, and the real `mimeo` command beside it. */
export class MimeoServer {
  readonly data: string;
  readonly outlet: Outlet;
  readonly #network: LabNetwork;
  readonly #options: MimeoServerOptions;
  #process: LabProcess | null = null;

  private constructor(network: LabNetwork, outlet: Outlet, options: MimeoServerOptions) {
    this.#network = network;
    this.outlet = outlet;
    this.#options = options;
    this.data = join(network.folder, 'data');
  }

  static async start(network: LabNetwork, options: MimeoServerOptions = {}): Promise<MimeoServer> {
    const outlet = await network.plugIn('server', { address: `${SUBNET}.2` });
    const server = new MimeoServer(network, outlet, options);
    // The server gives up root, and a checkout in a private home is out of its reach then.
    await cp(BOOT_ENVIRONMENT, server.#bootEnvironment, { recursive: true });
    await server.switchOn();
    return server;
  }

  get #bootEnvironment(): string {
    return join(this.#network.folder, 'boot-environment');
  }

  /** The manifest of its share. */
  get manifest(): string {
    return join(this.data, 'share/manifest.csv');
  }

  /** The running process: what it says. */
  get process(): LabProcess {
    if (this.#process === null) throw new Error('the server was never started');
    return this.#process;
  }

  /** Starts it and waits until it serves. */
  async switchOn(): Promise<void> {
    const argv = [
      ...[...this.outlet.at, process.execPath, join(PROJECT, 'src/server/main.ts')],
      ...['--data', this.data, '--interface', this.outlet.nic, '--http-port', '8080'],
      ...['--boot-environment', this.#bootEnvironment],
      ...(this.#options.kernelWords === undefined ? [] : ['--kernel-words', this.#options.kernelWords]),
    ];
    this.#process = await LabProcess.start(argv, {
      name: 'the server',
      holdings: this.#network.holdings,
      logFile: join(this.#network.folder, 'server.txt'),
      cwd: PROJECT,
    });
    await this.#process.said.waitFor(/ready on http:\/\/\S+/, 60_000);
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.process.stop('SIGKILL');
  }

  /** Ctrl-C; resolves with how it ended. */
  stop(): Promise<string> {
    return this.process.stop('SIGINT');
  }

  /**
   * Runs the `mimeo` command and gives what it answers with `--json`.
   *
   * @throws MimeoError `command-failed` with its words, unless its exit status is among `allowStatus`
   */
  async mimeo(args: readonly string[], allowStatus: readonly number[] = [0]): Promise<unknown> {
    const cli = [process.execPath, join(PROJECT, 'src/cli/main.ts'), '--json', '--data', this.data];
    const { stdout } = await run([...this.outlet.at, ...cli, ...args], { allowStatus, cwd: PROJECT });
    return JSON.parse(stdout.toString());
  }

  /** Replaces the manifest. */
  async writeManifest(lines: readonly string[]): Promise<void> {
    await writeFile(this.manifest, lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Resolves when a saved manifest has taken effect for this machine: the host is listed by its MAC. */
  async waitForManifestRow(mac: string): Promise<void> {
    const deadline = AbortSignal.timeout(10_000);
    const known = z.array(z.object({ macs: z.array(z.string()), known: z.boolean() }));
    for (;;) {
      const hosts = known.parse(await this.mimeo(['host', 'list']));
      if (hosts.some((host) => host.known && host.macs.includes(mac))) return;
      deadline.throwIfAborted();
    }
  }

  async appendToManifest(line: string): Promise<void> {
    await appendFile(this.manifest, `${line}\r\n`);
  }
}
