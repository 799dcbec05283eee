import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SavedTables } from '../../../src/control/index.ts';
import type { DeployOrder, Report, Work } from '../../../src/protocol/index.ts';
import type { ImagesStore } from './image-store.ts';

export interface OneTask {
  readonly images: ImagesStore;
  readonly order: DeployOrder;
  /** Called before each chunk is sent. */
  readonly onChunk?: (sent: number) => void;
}

/** The server's side of one deploy task on the loopback: its index, its chunks, the saved tables. */
export class OneTaskServer {
  readonly reports: Report[] = [];
  readonly #task: OneTask;
  readonly #tables: SavedTables;
  #server: Server | null = null;
  #sent = 0;
  #handedOut = false;

  constructor(task: OneTask) {
    this.#task = task;
    this.#tables = new SavedTables(task.images.tables);
  }

  /** @returns its address */
  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'application/problem+json' });
        response.end(
          JSON.stringify({ code: 'internal', detail: String(error), next: '', kind: 'permanent' }),
        );
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  get chunksSent(): number {
    return this.#sent;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { images, order, onChunk } = this.#task;
    const url = new URL(request.url ?? '/', 'http://x');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const path = url.pathname.replace(`/agent/v1/tasks/${order.taskId}/`, '').replace('/agent/v1/', '');
    const chunk = /^chunks\/([0-9a-f]{64})$/.exec(path)?.[1];
    const of = { hostId: 'h', taskId: order.taskId, disk: url.searchParams.get('disk') ?? '' };
    if (path === 'hello') {
      const serverTime = new Date().toISOString();
      json(response, { hostId: 'h', token: 't', name: 'PC', lab: null, serverTime, indexKeys: [images.key] });
    } else if (path === 'work') {
      json(response, this.#work());
    } else if (path === 'report') {
      this.reports.push(JSON.parse(body.toString()) as Report);
      json(response, { cancel: false });
    } else if (path === 'index') {
      response.end(images.indexes.get(order.image.name));
    } else if (chunk !== undefined) {
      onChunk?.(this.#sent++);
      response.end(images.chunks.get(chunk));
    } else if (path === 'saved-table' && request.method === 'PUT') {
      await this.#tables.keep(of, body);
      json(response, {});
    } else if (path === 'saved-table') {
      response.end(await this.#tables.find(of));
    } else if (path.startsWith('swarm')) {
      // Nobody else is deployed.
      const problem = { type: 'about:blank', title: 'request-invalid', status: 404, code: 'request-invalid' };
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ ...problem, detail: 'No swarm here.', next: '', kind: 'permanent' }));
    } else {
      throw new Error(`${request.method} ${request.url} was not expected`);
    }
  }

  /** The order once; after a failure the machine is switched off. */
  #work(): Work {
    if (this.#handedOut) return { kind: 'power', after: 'shutdown', words: 'That was all.' };
    this.#handedOut = true;
    return this.#task.order;
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
