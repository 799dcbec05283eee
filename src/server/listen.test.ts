import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { listen } from './listen.ts';
import { TestServer } from './testing/test-server.ts';

test('a socket that cannot be opened closes the port again, and its path is named', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const socket = join(server.data, 'x'.repeat(120), 'mimeo.sock');
  const places = { address: '127.0.0.1', port: 0, socket };
  await assert.rejects(listen(server.app, places), ({ code, message }: { code: string; message: string }) => {
    assert.equal(code, 'port-taken');
    return message.includes(socket);
  });
  assert.equal(server.app.server.listening, false);
});
