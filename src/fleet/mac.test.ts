import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMac, macStyleOf, parseMac, readMac } from './mac.ts';

test('the spellings technicians use', () => {
  for (const text of [
    '00:1E:4F:AB:CD:EF',
    '00-1e-4f-ab-cd-ef',
    '001e.4fab.cdef',
    '001e4fabcdef',
    ' 00 1e 4f ab cd ef ',
    '00.1e.4f.ab.cd.ef',
  ]) {
    assert.equal(parseMac(text), '00:1e:4f:ab:cd:ef', text);
  }
});

test('what is no MAC of a card', () => {
  for (const text of [
    '',
    '00:1e:4f:ab:cd',
    '00:1e:4f:ab:cd:ef:01',
    '00:1e-4f:ab:cd:ef',
    'OO:1e:4f:ab:cd:ef',
    '001e4fabcdeg',
  ]) {
    assert.deepEqual(readMac(text), { fault: 'malformed' }, text);
  }
  assert.deepEqual(readMac('00-00-00-00-00-00'), { fault: 'zero' });
  assert.deepEqual(readMac('ff:ff:ff:ff:ff:ff'), { fault: 'multicast' });
  assert.deepEqual(readMac('01:00:5e:00:00:fb'), { fault: 'multicast' });
});

test('writing a MAC in the style of another keeps both', () => {
  const digits = fc.stringMatching(/^[0-9a-f]{12}$/);
  const style = fc.record({
    separator: fc.constantFrom(':', '-', '.', ''),
    group: fc.constantFrom(2 as const, 4 as const),
    upper: fc.boolean(),
  });
  fc.assert(
    fc.property(digits, style, (hex, how) => {
      const mac = formatMac(hex);
      const written = formatMac(mac, how);
      const read = readMac(written);
      if ('mac' in read) assert.equal(read.mac, mac);
      assert.equal(formatMac(mac, macStyleOf(written)), written);
    }),
  );
});
