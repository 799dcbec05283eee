import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Interrupted } from '../cli-error.ts';
import { startFakeServer } from '../testing/fake-server.ts';
import { call, readBytes } from './http.ts';

/** Reads an answer of which only the first half ever comes. */
async function halfAnswer(
  t: TestContext,
  options: { readonly signal: AbortSignal; readonly silenceMs?: number },
): Promise<() => Promise<Buffer>> {
  const { data } = await startFakeServer(t, {
    'GET /half': (_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
      return undefined;
    },
  });
  const address = { kind: 'socket', path: join(data, 'mimeo.sock') } as const;
  const answer: IncomingMessage = await call(address, '/half', options);
  return () => readBytes(address, answer, options.signal);
}

test('a server that falls silent in the middle of its answer is not waited for for ever', async (t) => {
  const read = await halfAnswer(t, { silenceMs: 200, signal: new AbortController().signal });
  await assert.rejects(read(), { code: 'server-unreachable' });
});

test('Ctrl-C in the middle of an answer is no fault of the server', async (t) => {
  const stop = new AbortController();
  const read = await halfAnswer(t, { signal: stop.signal });
  setImmediate(() => stop.abort(new Interrupted()));
  await assert.rejects(read(), Interrupted);
});
