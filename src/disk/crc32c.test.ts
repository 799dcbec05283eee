import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from './crc32c.ts';

/** RFC 3720, appendix B.4; the last one is the catalogue's check value. */
test('CRC-32C gives the published values', () => {
  const inverted = (bytes: Uint8Array): number => ~crc32c(0xffff_ffff, bytes) >>> 0;
  assert.equal(inverted(Buffer.alloc(32)), 0x8a91_36aa);
  assert.equal(inverted(Buffer.alloc(32, 0xff)), 0x62a8_ab43);
  assert.equal(inverted(Buffer.from(Array.from({ length: 32 }, (_, i) => i))), 0x46dd_794e);
  assert.equal(inverted(Buffer.from('123456789')), 0xe306_9283);
});

test('CRC-32C goes on where it stopped', () => {
  const bytes = Buffer.from('a longer text in two parts');
  const first = crc32c(0xffff_ffff, bytes.subarray(0, 7));
  assert.equal(crc32c(first, bytes.subarray(7)), crc32c(0xffff_ffff, bytes));
});
