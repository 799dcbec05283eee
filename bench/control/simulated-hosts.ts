import { join } from 'node:path';
import type { LabNetwork, Outlet } from '../../lab/network/index.ts';
import { LabProcess } from '../../lab/process.ts';
import { type HostJob, type HostNews, type HostResult, hostNewsSchema } from './host-job.ts';

/** A process full of simulated hosts, as the bench sees it. */
export class SimulatedHosts {
  readonly #process: LabProcess;

  private constructor(process: LabProcess) {
    this.#process = process;
  }

  static async start(network: LabNetwork, outlet: Outlet, job: HostJob): Promise<SimulatedHosts> {
    const argv = [process.execPath, join(import.meta.dirname, 'host-process.ts'), JSON.stringify(job)];
    const name = `hosts from ${job.first} on`;
    const logFile = join(network.folder, `hosts-${job.first}.txt`);
    return new SimulatedHosts(
      await LabProcess.start([...outlet.at, ...argv], { name, holdings: network.holdings, logFile }),
    );
  }

  /** All of them are known to the server and wait for work. */
  async waiting(timeoutMs: number): Promise<void> {
    await this.#news('waiting', timeoutMs);
  }

  /** All have told the server of the end of their task. */
  async finished(timeoutMs: number): Promise<void> {
    await this.#news('finished', timeoutMs);
  }

  /** What was measured, after the last has left its neighbours. */
  async result(timeoutMs: number): Promise<HostResult> {
    const news = await this.#news('result', timeoutMs);
    if (news.kind !== 'result') throw new Error(`${news.kind} instead of a result`);
    return news;
  }

  async #news(kind: HostNews['kind'], timeoutMs: number): Promise<HostNews> {
    const line = new RegExp(`^(\\{"kind":"${kind}".*\\})$`, 'm');
    const [json = ''] = await this.#process.said.waitFor(line, timeoutMs);
    return hostNewsSchema.parse(JSON.parse(json));
  }
}
