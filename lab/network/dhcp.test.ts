import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnsmasqConfiguration, parseLeases } from './dhcp.ts';

test('leases are read with and without a name', () => {
  const text =
    '1794000000 52:54:00:00:00:01 10.77.0.101 lab-1 01:52:54\n1794000000 52:54:00:00:00:02 10.77.0.102 * *\n';
  assert.deepEqual(parseLeases(text), [
    { mac: '52:54:00:00:00:01', address: '10.77.0.101', name: 'lab-1' },
    { mac: '52:54:00:00:00:02', address: '10.77.0.102', name: '' },
  ]);
  assert.deepEqual(parseLeases(''), []);
});

test("the site's DHCP server says nothing of network boot unless told", () => {
  assert.doesNotMatch(dnsmasqConfiguration('/run/leases', []), /boot|tftp|pxe/i);
  assert.match(dnsmasqConfiguration('/run/leases', ['enable-tftp']), /\nenable-tftp\n$/);
});
