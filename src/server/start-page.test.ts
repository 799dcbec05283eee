import assert from 'node:assert/strict';
import test from 'node:test';
import { TestServer } from './testing/test-server.ts';

test('a browser at the server’s address is told what Mimeo is operated by, and nothing else', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const page = await server.app.inject({ method: 'GET', url: '/' });
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
  assert.match(page.body, /Mimeo is running[\s\S]*mimeo login/);
});
