import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A report of a first boot as it arrives. */
export interface Told {
  readonly step: number;
  readonly name: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly logTail: string;
}

/** A server that takes the reports of a first boot. */
export class ReportDesk implements AsyncDisposable {
  readonly told: Told[] = [];
  readonly headers = new Set<string>();
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<ReportDesk> {
    const server = createServer();
    const desk = new ReportDesk(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        desk.headers.add(`${request.method} ${request.url} ${request.headers.authorization}`);
        desk.told.push(JSON.parse(body) as Told);
        response.writeHead(200, { connection: 'close' }).end();
        for (const look of desk.#waiting) look();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return desk;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The first report that fits, now or later. */
  async until(fits: (one: Told) => boolean): Promise<Told> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.told.find(fits);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** `1 started`, `1 finished`…; what was sent twice, for a power cut came before it was crossed off, counts once. */
  get words(): string[] {
    const seen = this.told.map(
      ({ step, state, attempt }) => [`${step} ${state} ${attempt}`, `${step} ${state}`] as const,
    );
    return [...new Map(seen).values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
