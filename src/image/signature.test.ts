import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  keyIdOf,
  publicKeyOf,
  signIndex,
  TRAILER_BYTES,
  verifyIndex,
} from './signature.ts';

const key = generateSigningKey();
const body = Buffer.from('an encoded index');
const signed = signIndex(body, key);

test('a signature by a trusted key is accepted, among several keys', () => {
  const other = publicKeyOf(generateSigningKey());
  assert.ok(verifyIndex(signed, [other, publicKeyOf(key)]).equals(body));
  assert.equal(signed.length, body.length + TRAILER_BYTES);
});

test('a change of any byte is noticed', () => {
  for (let at = 0; at < signed.length; at++) {
    const changed = Buffer.from(signed);
    changed.writeUInt8(changed.readUInt8(at) ^ 0x40, at);
    assert.throws(() => verifyIndex(changed, [publicKeyOf(key)]), { name: 'MimeoError' }, `byte ${at}`);
  }
  for (let end = 0; end < signed.length; end++) {
    assert.throws(() => verifyIndex(signed.subarray(0, end), [publicKeyOf(key)]), { code: 'index-damaged' });
  }
});

test('a signature by a stranger is no signature, and says whose it is', () => {
  const stranger = generateSigningKey();
  assert.throws(() => verifyIndex(signIndex(body, stranger), [publicKeyOf(key)]), {
    code: 'index-untrusted',
    message: `The index is signed with key ${keyIdOf(publicKeyOf(stranger))}, which is not trusted here.`,
  });
});

test('keys survive their written form', () => {
  assert.match(publicKeyOf(key), /^[A-Za-z0-9_-]{43}$/);
  const again = importSigningKey(exportSigningKey(key));
  assert.equal(publicKeyOf(again), publicKeyOf(key));
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  assert.throws(() => importSigningKey(exportSigningKey(elliptic)), { code: 'index-untrusted' });
  assert.throws(() => importSigningKey('no key'), { code: 'index-untrusted' });
});
