import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { ContractServer } from '../testing/contract-server.ts';
import { Connection } from './connection.ts';

const CALL = { method: 'GET', path: '/x', mostBytes: 1000, signal: new AbortController().signal } as const;

/** A connection of one socket to a server that answers like this. */
async function connected(t: TestContext, answer: (response: ServerResponse) => void): Promise<Connection> {
  const server = new ContractServer({
    intercept: (_, response) => {
      answer(response);
      return true;
    },
  });
  await server.start();
  const connection = new Connection(new URL(server.url), 1);
  t.after(async () => {
    connection.close();
    await server.stop();
  });
  return connection;
}

test('a server that says nothing is given up, on a new connection and on one that was kept', async (t) => {
  let silent = true;
  const connection = await connected(t, (response) => {
    if (!silent) response.end('here');
  });
  const unanswered = { code: 'server-unreachable', message: /cannot be reached: no answer for/ };
  await assert.rejects(connection.send({ ...CALL, idleMs: 50 }), unanswered);
  silent = false;
  assert.equal((await connection.send({ ...CALL, idleMs: 5000 })).body.toString(), 'here');
  silent = true;
  await assert.rejects(connection.send({ ...CALL, idleMs: 50 }), unanswered);
});

test('one that answers slowly, but answers, is waited for', async (t) => {
  const connection = await connected(t, (response) => {
    let left = 12;
    const next = (): void => {
      if (left-- > 0) response.write('.', () => setTimeout(next, 20));
      else response.end();
    };
    next();
  });
  const { body } = await connection.send({ ...CALL, idleMs: 150 });
  assert.equal(body.length, 12);
});
