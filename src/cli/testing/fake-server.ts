import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** One request as the server got it. */
export interface Received {
  /** "POST /api/v1/deployments?open=true" */
  readonly line: string;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** What a route answers: JSON with status 200, or whatever it writes itself. */
export type Route = (received: Received, response: ServerResponse) => unknown;

export interface FakeServer {
  /** For `--data`: its socket lies there. */
  readonly data: string;
  readonly requests: Received[];
  readonly stop: () => Promise<void>;
}

/** A real HTTP server on a unix socket that answers these routes, by "METHOD /path?query"; others get 404. */
export async function startFakeServer(
  t: TestContext,
  routes: Readonly<Record<string, Route>>,
  data = mkdtempSync(join(tmpdir(), 'mimeo-cli-')),
): Promise<FakeServer> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, routes, requests);
  });
  server.listen(join(data, 'mimeo.sock'));
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  t.after(async () => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  });
  return { data, requests, stop };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Readonly<Record<string, Route>>,
  requests: Received[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  const received: Received = {
    line: `${request.method} ${request.url}`,
    body: text === '' ? null : JSON.parse(text),
    headers: request.headers,
  };
  requests.push(received);
  const route = routes[received.line] ?? (() => problem(response, 404, 'host-missing', 'Nothing is here.'));
  const value = route(received, response);
  if (value === undefined) return;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

/** Answers with a refusal, as the server does. */
export function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/problem+json');
  const next = 'Do something else.';
  response.end(
    JSON.stringify({
      type: `urn:mimeo:${code}`,
      title: code,
      status,
      detail,
      code,
      next,
      kind: 'permanent',
    }),
  );
}

/** Opens an event stream that says nothing. */
export const silentEvents: Route = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': connected\n\n');
  return undefined;
};
