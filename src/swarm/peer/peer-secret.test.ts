import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreeSecret, newKeyPair } from './peer-secret.ts';

test('both sides come to the same secret, which depends on both keys and on the context', () => {
  const [server, host, other] = [newKeyPair(), newKeyPair(), newKeyPair()];
  assert.equal(server.publicKey.length, 43);
  const secret = agreeSecret(server, host.publicKey, 'h-1');
  assert.equal(secret.length, 32);
  assert.deepEqual(agreeSecret(host, server.publicKey, 'h-1'), secret);
  assert.notDeepEqual(agreeSecret(host, server.publicKey, 'h-2'), secret);
  assert.notDeepEqual(agreeSecret(other, server.publicKey, 'h-1'), secret);
  assert.notDeepEqual(agreeSecret(host, other.publicKey, 'h-1'), secret);
});

test('a key that is none, and one that makes every secret the same, is refused', () => {
  const own = newKeyPair();
  for (const key of [
    '',
    'AAAA',
    Buffer.alloc(32).toString('base64url'),
    Buffer.alloc(33).toString('base64url'),
  ])
    assert.throws(() => agreeSecret(own, key, 'h-1'), { code: 'agent-protocol' });
});
