import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { elfNeeds, isElf, moduleInfo } from './elf.ts';

/** Node itself is a dynamic x86-64 program, wherever these tests run. */
const node = await readFile(process.execPath);

test('interpreter and libraries of a real program are read', (t) => {
  if (process.arch !== 'x64') return t.skip('needs an x86-64 machine');
  const { interpreter, libraries } = elfNeeds(node);
  assert.equal(interpreter, '/lib64/ld-linux-x86-64.so.2');
  assert.ok(libraries.includes('libc.so.6'));
  assert.ok(
    libraries.every((name) => /^(lib|ld-)[\w.+-]+\.so(\.\d+)*$/.test(name)),
    libraries.join(' '),
  );
});

test('a file that is no ELF file is told apart', () => {
  assert.equal(
    isElf(Buffer.from('#!/bin/sh\necho this is a script, long enough to hold a whole ELF head\n')),
    false,
  );
  assert.equal(isElf(Buffer.alloc(0)), false);
});

test('a truncated program is a RangeError, never a wrong answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000 }), (length) => {
      assert.throws(() => elfNeeds(node.subarray(0, length)), RangeError);
    }),
    { numRuns: 50 },
  );
});

test('a module tells its dependencies and firmware', () => {
  const module = moduleWithInfo([
    'license=GPL',
    'depends=mii,libphy',
    'firmware=rtl_nic/a.fw',
    'firmware=b.fw',
    'intree=Y',
  ]);
  assert.deepEqual(moduleInfo(module), [
    ['license', 'GPL'],
    ['depends', 'mii,libphy'],
    ['firmware', 'rtl_nic/a.fw'],
    ['firmware', 'b.fw'],
    ['intree', 'Y'],
  ]);
});

test('a section that reaches past the end is a RangeError', () => {
  const module = moduleWithInfo(['license=GPL']);
  const size = module.length - 2 * 64 + 32;
  module.writeBigUInt64LE(BigInt(module.length), size);
  assert.throws(() => moduleInfo(module), RangeError);
});

/** The smallest object file with a `.modinfo` section: head, section names, words, three section heads. */
function moduleWithInfo(words: readonly string[]): Buffer {
  const names = Buffer.from('\0.modinfo\0.names\0');
  const info = Buffer.from(words.map((word) => `${word}\0`).join(''));
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(62, 18);
  head.writeBigUInt64LE(BigInt(64 + names.length + info.length), 0x28);
  head.writeUInt16LE(64, 0x3a);
  head.writeUInt16LE(3, 0x3c);
  head.writeUInt16LE(2, 0x3e);
  const section = (name: number, offset: number, size: number): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(name, 0);
    bytes.writeUInt32LE(1, 4);
    bytes.writeBigUInt64LE(BigInt(offset), 24);
    bytes.writeBigUInt64LE(BigInt(size), 32);
    return bytes;
  };
  return Buffer.concat([
    head,
    names,
    info,
    section(0, 0, 0),
    section(1, 64 + names.length, info.length),
    section(10, 64, names.length),
  ]);
}
