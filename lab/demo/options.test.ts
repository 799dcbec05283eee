import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDemoOptions } from './options.ts';

test('without options: three hosts of both kinds', () => {
  assert.deepEqual(parseDemoOptions([]), {
    hosts: 3,
    firmware: ['bios', 'uefi'],
    rate: null,
    keep: false,
    pictures: null,
  });
});

test('everything can be said', () => {
  const argv = ['--hosts', '5', '--firmware', 'UEFI', '--rate', '100mbit', '--keep', '--pictures', 'out'];
  assert.deepEqual(parseDemoOptions(argv), {
    hosts: 5,
    firmware: ['uefi'],
    rate: '100mbit',
    keep: true,
    pictures: 'out',
  });
  assert.equal(parseDemoOptions(['--help']), 'help');
});

test('what makes no sense is named', () => {
  assert.throws(() => parseDemoOptions(['--hosts', 'many']), /--hosts many/);
  assert.throws(() => parseDemoOptions(['--hosts', '0']), /1 to 50/);
  assert.throws(() => parseDemoOptions(['--firmware', 'bios,arm']), /arm is neither/);
  assert.throws(() => parseDemoOptions(['--rate', 'fast']), /no speed/);
  assert.throws(() => parseDemoOptions(['--colour']), /--colour/);
});
