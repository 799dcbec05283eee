import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macInTable, neighbourMac } from './neighbours.ts';

test("an address is found in the kernel's table, unless it is unresolved", () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.51        0x1         0x2         52:54:00:AA:BB:01     *        eth0
10.0.0.5         0x1         0x0         00:00:00:00:00:00     *        eth0
`;
  assert.equal(macInTable(table, '10.0.0.51'), '52:54:00:aa:bb:01');
  assert.equal(macInTable(table, '10.0.0.5'), null);
  assert.equal(macInTable(table, '10.0.0'), null);
  assert.equal(neighbourMac('127.0.0.1'), null);
});
