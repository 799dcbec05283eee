import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Interrupted } from '../cli-error.ts';
import { startFakeServer } from '../testing/fake-server.ts';
import { call, readBytes } from './http.ts';

test('a server that falls silent in the middle of its answer is not waited for for ever', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /half': (_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
      return undefined;
    },
  });
  const address = { kind: 'socket', path: join(data, 'mimeo.sock') } as const;
  const lives = new AbortController().signal;
  const answer = await call(address, '/half', { silenceMs: 200, signal: lives });
  await assert.rejects(readBytes(address, answer, lives), { code: 'server-unreachable' });
});

test('Ctrl-C in the middle of an answer is no fault of the server', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /half': (_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
      return undefined;
    },
  });
  const address = { kind: 'socket', path: join(data, 'mimeo.sock') } as const;
  const stop = new AbortController();
  const answer = await call(address, '/half', { signal: stop.signal });
  setImmediate(() => stop.abort(new Interrupted()));
  await assert.rejects(readBytes(address, answer, stop.signal), Interrupted);
});
