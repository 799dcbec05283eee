import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ZodType } from 'zod';
import {
  type AnswerCheck,
  type AnswerReply,
  type AnswerRequest,
  answerCheckSchema,
  answerRequestSchema,
  badChunkRequestSchema,
  type HelloRequest,
  helloRequestSchema,
  missingRequestSchema,
  type Report,
  type ReportReply,
  reportSchema,
  type Work,
} from '../../protocol/index.ts';

/** What a test lets the server say; every call that came is kept in `calls`. */
export interface ContractServerScript {
  work?: () => Promise<Work> | Work;
  answer?: (answer: AnswerRequest) => AnswerReply;
  check?: (check: AnswerCheck) => AnswerReply;
  report?: (report: Report, taskId: string) => ReportReply;
  index?: () => Promise<Buffer> | Buffer;
  putIndex?: (bytes: Buffer) => Promise<void>;
  missing?: (ids: string[]) => Promise<string[]>;
  getChunk?: (id: string) => Promise<Buffer>;
  putChunk?: (id: string, frame: Buffer) => Promise<void>;
  savedTable?: (bytes: Buffer) => void;
  getSavedTable?: () => Buffer | null;
  indexKeys?: string[];
  /** Looks at a request first; true when it was answered (to fail in ways that only a socket can). */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** The agent's side of the protocol as a real HTTP server on the loopback, with the schemas checked. */
export class ContractServer {
  readonly calls: string[] = [];
  readonly hellos: HelloRequest[] = [];
  readonly reports: Report[] = [];
  token = 'token-1';
  readonly #script: ContractServerScript;
  #server: Server | null = null;
  #port = 0;

  constructor(script: ContractServerScript) {
    this.#script = script;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.calls.push(`${request.method} ${request.url}`);
      if (this.#script.intercept?.(request, response)) return;
      this.#answer(request, response).catch((error: unknown) => {
        problem(response, 500, 'internal', String(error));
      });
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops at once, connections and all, as a killed server does; `start` takes the same port again. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    const body = await bodyOf(request);
    const script = this.#script;
    const read = <T>(schema: ZodType<T>): T => schema.parse(JSON.parse(body.toString()));
    if (path === '/agent/v1/hello') {
      this.hellos.push(read(helloRequestSchema));
      json(response, {
        hostId: 'host-1',
        token: this.token,
        name: null,
        lab: null,
        serverTime: new Date().toISOString(),
        indexKeys: script.indexKeys ?? [],
      });
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      problem(response, 401, 'agent-token', 'This call needs the token of a host.');
      return;
    }
    if (path === '/agent/v1/work') {
      json(response, (await script.work?.()) ?? { kind: 'idle', words: 'nothing to do' });
    } else if (path === '/agent/v1/answer') {
      json(response, script.answer?.(read(answerRequestSchema)) ?? { accepted: true });
    } else if (path === '/agent/v1/answer/check') {
      json(response, script.check?.(read(answerCheckSchema)) ?? { accepted: true });
    } else {
      await this.#task(request.method ?? '', path, body, response, read);
    }
  }

  async #task(
    method: string,
    path: string,
    body: Buffer,
    response: ServerResponse,
    read: <T>(schema: ZodType<T>) => T,
  ): Promise<void> {
    const [, taskId = '', rest = ''] = /^\/agent\/v1\/tasks\/([^/]+)\/(.*)$/.exec(path) ?? [];
    const id = /^chunks\/([0-9a-f]{64})/.exec(rest)?.[1] ?? '';
    const script = this.#script;
    if (rest === 'report') {
      const report = read(reportSchema);
      this.reports.push(report);
      json(response, script.report?.(report, taskId) ?? { cancel: false });
    } else if (rest === 'index' && method === 'GET' && script.index) {
      bytes(response, await script.index());
    } else if (rest === 'index' && method === 'PUT' && script.putIndex) {
      await script.putIndex(body);
      json(response, {});
    } else if (rest === 'saved-table' && method === 'GET') {
      bytes(response, script.getSavedTable?.() ?? Buffer.alloc(0));
    } else if (rest === 'saved-table' && script.savedTable) {
      script.savedTable(body);
      json(response, {});
    } else if (rest === 'missing' && script.missing) {
      json(response, { missing: await script.missing(read(missingRequestSchema).ids) });
    } else if (id !== '' && rest.endsWith('/bad')) {
      read(badChunkRequestSchema);
      json(response, { verdict: 'good' });
    } else if (id !== '' && method === 'GET' && script.getChunk) {
      bytes(response, await script.getChunk(id));
    } else if (id !== '' && method === 'PUT' && script.putChunk) {
      await script.putChunk(id, body);
      json(response, {});
    } else {
      problem(response, 404, 'not-found', `${method} ${path} is not there`);
    }
  }
}

/** Answers with a refusal as the real server words it. */
export function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  const kind = status >= 500 ? 'transient' : 'permanent';
  const body = {
    type: 'about:blank',
    title: code,
    status,
    detail,
    code,
    next: 'Do something about it.',
    kind,
  };
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function bytes(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-length': body.length });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
