import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBytes, plainAddress } from './address-bytes.ts';

const hex = (text: string): string | undefined => addressBytes(text)?.toString('hex');

test('all spellings of an address are one', () => {
  const four = '00000000000000000000ffff0a010203';
  for (const text of ['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:a01:203', '0:0:0:0:0:ffff:10.1.2.3'])
    assert.equal(hex(text), four, text);
  const six = 'fe80000000000000021122fffe334455';
  for (const text of ['fe80::211:22ff:fe33:4455', 'FE80:0:0:0:0211:22ff:fe33:4455%eth0'])
    assert.equal(hex(text), six, text);
  assert.equal(hex('::'), '0'.repeat(32));
  assert.equal(hex('::1'), `${'0'.repeat(31)}1`);
  assert.equal(hex('1::'), `0001${'0'.repeat(28)}`);
  for (const none of ['', 'PC-1', '10.1.2', '10.1.2.256', '1::2::3']) assert.equal(addressBytes(none), null);
});

test('what is IPv4 is shown as such', () => {
  assert.equal(plainAddress('::ffff:10.1.2.3'), '10.1.2.3');
  assert.equal(plainAddress('10.1.2.3'), '10.1.2.3');
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1%eth0');
  assert.equal(plainAddress(''), '');
});

test('any IPv6 address comes back from its groups', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const bytes = addressBytes(text);
      assert.ok(bytes);
      const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
      assert.deepEqual(addressBytes(groups.join(':')), bytes);
    }),
  );
});
