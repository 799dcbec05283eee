import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import {
  type DeploymentView,
  deploymentSchema,
  type ImageView,
  imageSchema,
  previewSchema,
  type StatusView,
  statusSchema,
  type TaskView,
} from '../../../src/api/index.ts';
import { type LabNetwork, type Outlet, SUBNET } from '../../network/index.ts';
import { LabProcess } from '../../process.ts';
import { writeBootFolder } from './boot-folder.ts';
import { ApiRefusal, callApi } from './local-api.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const MEMORY_PROBE = join(import.meta.dirname, 'memory-probe.ts');
const LOOK_MS = 50;

const memoryLine = z.object({ rss: z.number(), kept: z.number() });

/** The real server process at its place in a private network; hosts are agent processes, not whole machines. */
export class ServerRig {
  readonly data: string;
  readonly outlet: Outlet;
  readonly url = `http://${SUBNET}.2:8080`;
  readonly #network: LabNetwork;
  readonly #nodeOptions: readonly string[];
  #process: LabProcess | null = null;

  private constructor(network: LabNetwork, outlet: Outlet, data: string, nodeOptions: readonly string[]) {
    this.#network = network;
    this.outlet = outlet;
    this.data = data;
    this.#nodeOptions = nodeOptions;
  }

  /**
   * @param data an empty folder to use, such as a mount; default: one in the run's folder
   * @param nodeOptions what Node is told besides, such as to profile it
   */
  static async start(
    network: LabNetwork,
    data = join(network.folder, 'data'),
    nodeOptions: readonly string[] = [],
  ): Promise<ServerRig> {
    const outlet = await network.plugIn('server', { address: `${SUBNET}.2` });
    await writeBootFolder(join(network.folder, 'boot'));
    const rig = new ServerRig(network, outlet, data, nodeOptions);
    await rig.switchOn();
    return rig;
  }

  get process(): LabProcess {
    if (this.#process === null) throw new Error('the server was never started');
    return this.#process;
  }

  async switchOn(): Promise<void> {
    const argv = [
      ...[...this.outlet.at, process.execPath, '--expose-gc', '--import', MEMORY_PROBE],
      ...this.#nodeOptions,
      join(PROJECT, 'src/server/main.ts'),
      ...['--data', this.data, '--interface', this.outlet.nic, '--http-port', '8080'],
      ...['--boot-environment', join(this.#network.folder, 'boot')],
    ];
    this.#process = await LabProcess.start(argv, {
      name: 'the server',
      holdings: this.#network.holdings,
      logFile: join(this.#network.folder, 'server.txt'),
      cwd: PROJECT,
    });
    await this.#process.said.waitFor(/ready on http:\/\/\S+/, 120_000);
  }

  /** SIGKILL: no warning, no flush. */
  async kill(): Promise<void> {
    await this.process.stop('SIGKILL');
  }

  /** As Ctrl-C does. */
  async stop(): Promise<void> {
    await this.process.stop('SIGINT', 60_000);
  }

  /** After a garbage collection: resident memory, and what is in use on and off V8's heap; bytes. */
  async memory(): Promise<{ readonly rss: number; readonly kept: number }> {
    const { said, pid } = this.process;
    const from = said.here;
    process.kill(pid, 'SIGUSR2');
    const [, json = ''] = await said.waitFor(/^memory (\{.*\})$/m, 20_000, from);
    return memoryLine.parse(JSON.parse(json));
  }

  /** Seconds of processor time used so far, in user and in kernel mode. */
  async cpuSeconds(): Promise<number> {
    const text = await readFile(`/proc/${this.process.pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  get(path: string): Promise<unknown> {
    return callApi(join(this.data, 'mimeo.sock'), 'GET', path);
  }

  post(path: string, body: object = {}): Promise<unknown> {
    return callApi(join(this.data, 'mimeo.sock'), 'POST', path, body);
  }

  async images(): Promise<ImageView[]> {
    return z.array(imageSchema).parse(await this.get('/api/v1/images'));
  }

  async status(): Promise<StatusView> {
    return statusSchema.parse(await this.get('/api/v1/status'));
  }

  /** Replaces the manifest in place, so that it keeps its owner; resolves with the time of the save. */
  async saveManifest(content: string | Buffer): Promise<number> {
    await writeFile(join(this.data, 'share/manifest.csv'), content);
    return Date.now();
  }

  /** Orders a deployment of these hosts, seen and confirmed. */
  async deploy(targets: readonly string[], after: 'reboot' | 'shutdown' = 'reboot'): Promise<DeploymentView> {
    const wish = { targets: [...targets], after };
    const preview = previewSchema.parse(await this.post('/api/v1/deployments/preview', wish));
    if (preview.refused.length > 0) throw new Error(`refused: ${JSON.stringify(preview.refused)}`);
    return deploymentSchema.parse(
      await this.post('/api/v1/deployments', { ...wish, digest: preview.digest }),
    );
  }

  async capture(host: string, image: string): Promise<DeploymentView> {
    return deploymentSchema.parse(await this.post('/api/v1/captures', { host, image, after: 'shutdown' }));
  }

  async deployment(id: string): Promise<DeploymentView> {
    return deploymentSchema.parse(await this.get(`/api/v1/deployments/${id}`));
  }

  async deployments(): Promise<DeploymentView[]> {
    return z.array(deploymentSchema).parse(await this.get('/api/v1/deployments'));
  }

  /** Waits until every task of an order has ended, also over restarts of the server. */
  async ended(id: string, timeoutMs: number): Promise<TaskView[]> {
    let last: DeploymentView | null = null;
    await this.until(`the end of ${id}`, timeoutMs, async () => {
      last = await this.deployment(id);
      return !last.open;
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last?.tasks)}\n${this.process.said.tail()}`);
    });
    return (await this.deployment(id)).tasks;
  }

  /** Asks again and again until the answer is true; a server that is not there says no. */
  async until(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await ask().catch((error: unknown) => {
        if (error instanceof ApiRefusal && error.status < 500) throw error;
        return false;
      });
      if (answer) return;
      if (Date.now() > deadline) throw new Error(`${timeoutMs / 1000} s went by before ${what}`);
      await wait(LOOK_MS);
    }
  }
}
