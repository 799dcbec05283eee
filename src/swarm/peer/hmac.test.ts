import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacSha256 } from './hmac.ts';

test('it is the HMAC of the library, for keys of any length, also when a key is used again', () => {
  const bytes = fc.uint8Array({ maxLength: 150 });
  fc.assert(
    fc.property(bytes, fc.array(fc.array(bytes, { maxLength: 4 }), { maxLength: 3 }), (key, messages) => {
      for (const parts of messages) {
        const right = createHmac('sha256', key).update(Buffer.concat(parts)).digest('hex');
        assert.equal(hmacSha256(key, parts).toString('hex'), right);
      }
    }),
  );
});
