import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientQuirkOf, clientQuirks, localBootQuirks, localBootWay } from './quirks.ts';

test('every row names its source', () => {
  for (const row of [...clientQuirks, ...localBootQuirks]) assert.notEqual(row.source, '');
});

test('a Raspberry Pi is known by its MAC and its claim together', () => {
  assert.match(clientQuirkOf('d8:3a:dd:01:02:03', 0)?.words ?? '', /Raspberry Pi/);
  assert.equal(clientQuirkOf('d8:3a:dd:01:02:03', 7), null);
  assert.equal(clientQuirkOf('52:54:00:01:02:03', 0), null);
});

test('each firmware has a way to its own disk, makers may have another', () => {
  assert.equal(localBootWay({ firmware: 'bios' }), 'sanboot');
  assert.equal(localBootWay({ firmware: 'uefi', manufacturer: 'Dell Inc.' }), 'exit-error');
  assert.equal(localBootWay({ firmware: 'uefi', manufacturer: 'VMware, Inc.' }), 'sanboot-efi');
  assert.equal(localBootWay({ firmware: 'bios', manufacturer: 'VMware, Inc.' }), 'sanboot');
});
