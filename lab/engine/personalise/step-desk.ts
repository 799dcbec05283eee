import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stepReportSchema } from '../../../src/protocol/index.ts';

/** A server that takes the reports of a Windows' first boot, checks them, and can be closed and opened again. */
export class StepDesk {
  readonly token = 'a-token.of~this+host/1=';
  /** `1 started`, `1 finished 0`: what was reported, in the order of its coming. */
  readonly reports: string[] = [];
  /** The end of what each step printed, by its number. */
  readonly tails = new Map<number, string>();
  readonly names = new Map<number, string>();
  /** What is wrong with a request; empty when all were right. */
  readonly faults: string[] = [];
  /** The answer to every request. */
  status = 204;
  #server: ReturnType<typeof createServer> | null = null;
  #port = 0;

  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#take(request, response));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** The address stays the same when it opens again. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/first-boot/v1`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.status === 204) this.#note(request, Buffer.concat(parts).toString());
    response.statusCode = this.status;
    response.end();
  }

  #note({ method, url, headers }: IncomingMessage, body: string): void {
    if (method !== 'POST' || url !== '/first-boot/v1/steps') this.faults.push(`${method} ${url}`);
    if (headers.authorization !== `Bearer ${this.token}`) this.faults.push('authorization');
    if (headers['content-type']?.startsWith('application/json') !== true) this.faults.push('content type');
    try {
      const report = stepReportSchema.strict().parse(JSON.parse(body));
      const code = report.exitCode === null ? '' : ` ${report.exitCode}`;
      const attempt = report.state === 'started' && report.attempt > 1 ? ` again (${report.attempt})` : '';
      this.reports.push(`${report.step} ${report.state}${code}${attempt}`);
      this.names.set(report.step, report.name);
      if (report.state !== 'started') this.tails.set(report.step, report.logTail);
    } catch (error) {
      this.faults.push(`${String(error)}: ${body}`);
    }
  }
}
