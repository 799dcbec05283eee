import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiskRule } from './disk-info.ts';
import { parseDiskRule } from './disk-rule-text.ts';

const forms: [string, DiskRule][] = [
  ['nvme', { transport: 'nvme' }],
  ['/dev/sda', { device: '/dev/sda' }],
  ['/dev/disk/by-id/x-1', { device: '/dev/disk/by-id/x-1' }],
  ['serial=S4X 1', { serial: 'S4X 1' }],
  ['Model = Samsung SSD', { model: 'Samsung SSD' }],
  ['size>=200GB', { minBytes: 200e9 }],
  ['SATA, size <= 1.5TB', { transport: 'sata', maxBytes: 1.5e12 }],
  ['size>=1GiB,size<=2gib,mmc', { minBytes: 2 ** 30, maxBytes: 2 ** 31, transport: 'mmc' }],
];
for (const [text, rule] of forms) {
  test(`"${text}" is understood`, () => assert.deepEqual(parseDiskRule(text), rule));
}

const wrong: [string, RegExp][] = [
  ['', /a condition is empty/],
  ['sata,', /a condition is empty/],
  ['ssd', /"ssd" is none of them/],
  ['size=200GB', /"size=200GB" is none of them/],
  ['size>=200', /is none of them/],
  ['sata,nvme', /"nvme" says a second time/],
  ['size>=2TB,size<=1TB', /no disk is that large and that small/],
];
for (const [text, message] of wrong) {
  test(`"${text}" is refused`, () =>
    assert.throws(() => parseDiskRule(text), { code: 'disk-rule', message }));
}
