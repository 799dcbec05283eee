import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../../errors.ts';
import { dwordData, numberOf, REG_TYPES, textData, textOf, textsData, textsOf } from '../registry-data.ts';
import { foldName, sameName } from '../registry-name.ts';
import { HiveBuilder, type KeyToBuild, sealHive } from './build-hive.fixture.ts';
import { FileSource } from './byte-source.ts';
import { checkHive, walkHive } from './check-hive.ts';
import { readHive } from './hive.ts';

const large = Buffer.alloc(40_000, 'mimeo ');
const tree: KeyToBuild = {
  name: 'ROOT',
  list: 'ri',
  subkeys: [
    {
      name: 'ControlSet001',
      subkeys: [
        {
          name: 'Control',
          className: '1a2b',
          subkeys: [
            { name: 'ComputerName', values: [{ name: 'ComputerName', data: textData('RM101-PC05') }] },
          ],
        },
      ],
    },
    { name: 'ControlSet003', list: 'li', subkeys: [{ name: 'Only here' }] },
    {
      name: 'Räume',
      list: 'lf',
      subkeys: [{ name: 'Süd' }, { name: 'Кабинет', values: [{ name: 'Größe 名', data: dwordData(7) }] }],
    },
    { name: 'Select', values: [{ name: 'Current', data: dwordData(3) }] },
    {
      name: 'Values',
      values: [
        { name: '', data: textData('default') },
        { name: 'list', data: textsData(['a', 'b']) },
        { name: 'large', data: { type: REG_TYPES.binary, bytes: large } },
        { name: 'odd', data: { type: 0x2000_0001, bytes: Buffer.from('abcde') } },
        { name: 'nothing', data: { type: REG_TYPES.none, bytes: Buffer.alloc(0) } },
      ],
    },
  ],
};
const hive10 = new HiveBuilder().build(tree);

function refuses(bytes: Buffer, code: 'hive-invalid' | 'hive-dirty', words: RegExp): void {
  assert.throws(
    () => checkHive(readHive(bytes, { where: 'SYSTEM' })),
    (error) => error instanceof MimeoError && error.code === code && words.test(error.message),
    String(words),
  );
}
function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(hive10);
  change(bytes);
  return sealHive(bytes);
}

test('keys are found by their paths, in any case, in every kind of list', () => {
  for (const version of [3, 5]) {
    const hive = readHive(new HiveBuilder().build(tree, version));
    assert.equal(hive.header.fileName, 'emRoot\\System32\\Config\\SYSTEM');
    const name = hive.key('controlset001\\CONTROL\\computername')?.value('COMPUTERNAME');
    assert.equal(name && textOf(name.data), 'RM101-PC05');
    assert.equal(hive.key('ControlSet001\\Control')?.className, '1a2b');
    assert.equal(hive.key('ControlSet001\\Control')?.lastWritten, 132_000_000_000_000_000n);
    assert.equal(hive.key('RÄUME\\süd')?.name, 'Süd');
    const size = hive.key('räume\\КАБИНЕТ')?.value('GRÖßE 名');
    assert.equal(size && numberOf(size.data), 7);
    assert.equal(hive.key('Select\\none'), null);
    assert.equal(hive.key('none\\none'), null);
    assert.equal(hive.key('CurrentControlSet\\only HERE')?.name, 'Only here', 'as Select says');
    assert.deepEqual(checkHive(hive), { keys: 11, values: 8 });
    const values = hive.key('Values');
    assert.deepEqual(values?.value('large')?.data.bytes, large);
    assert.deepEqual(textsOf(values?.value('list')?.data ?? dwordData(0)), ['a', 'b']);
    assert.equal(values?.value('odd')?.type, 0x2000_0001);
    assert.deepEqual(values?.value('odd')?.data.bytes, Buffer.from('abcde'));
    assert.equal(values?.value('nothing')?.data.bytes.length, 0);
    assert.equal(textOf(values?.value('')?.data ?? dwordData(0)), 'default');
  }
});

test('a hive is read from its file piece by piece', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mimeo-hive-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const many = Array.from({ length: 3000 }, (_, index) => ({
    name: `Key${String(index).padStart(4, '0')}`,
    values: [{ name: 'v', data: textData(`a text of some length, number ${index}`) }],
  }));
  const bytes = new HiveBuilder().build({ name: 'ROOT', subkeys: [...many, tree] });
  writeFileSync(join(folder, 'SOFTWARE'), bytes);
  using file = new FileSource(join(folder, 'SOFTWARE'));
  assert.equal(file.length, bytes.length);
  assert.ok(bytes.length > 4 * 65_536, 'more than a few pages');
  const hive = readHive(file);
  assert.deepEqual(checkHive(hive), checkHive(readHive(bytes)));
  assert.deepEqual(hive.key('ROOT\\Values')?.value('large')?.data.bytes, large);
});

test('a hive that Windows had open is refused, unless it is asked for', () => {
  const dirty = changed((bytes) => bytes.writeUInt32LE(6, 8));
  refuses(dirty, 'hive-dirty', /^SYSTEM was not closed: Windows was still writing it\.$/);
  assert.equal(readHive(dirty, { evenDirty: true }).header.dirty, true);
});

test('what is no hive, or a damaged one, is told with its place', () => {
  refuses(Buffer.from('MZ'), 'hive-invalid', /^SYSTEM, offset 0: it has only 2 bytes/);
  refuses(Buffer.alloc(8192), 'hive-invalid', /it is no registry hive/);
  const flipped = Buffer.from(hive10);
  flipped.writeUInt8(1, 50);
  refuses(flipped, 'hive-invalid', /offset 508: the checksum of the first block is wrong/);
  refuses(
    changed((bytes) => bytes.writeUInt32LE(9, 24)),
    'hive-invalid',
    /version 1\.9/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt32LE(1, 28)),
    'hive-invalid',
    /log of a hive/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt32LE(5, 40)),
    'hive-invalid',
    /bins have the size 5/,
  );
  refuses(hive10.subarray(0, hive10.length - 1), 'hive-invalid', /the file ends/);
  refuses(
    changed((bytes) => bytes.writeUInt32LE(0xffff_fff0, 36)),
    'hive-invalid',
    /no place for a cell/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt32LE(4, 36)),
    'hive-invalid',
    /no place for a cell/,
  );
  const root = 4096 + 32;
  refuses(
    changed((bytes) => bytes.writeInt32LE(96, root)),
    'hive-invalid',
    /offset 4128: a key .* cell is free/,
  );
  refuses(
    changed((bytes) => bytes.writeInt32LE(-(2 ** 31), root)),
    'hive-invalid',
    /has the size 2147483648/,
  );
  refuses(
    changed((bytes) => bytes.write('xx', root + 4)),
    'hive-invalid',
    /it is no nk cell/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt16LE(600, root + 4 + 72)),
    'hive-invalid',
    /name has 600 bytes/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt32LE(6, root + 4 + 20)),
    'hive-invalid',
    /6 subkeys has a list of 5/,
  );
  refuses(
    changed((bytes) => bytes.writeUInt32LE(4, root + 4 + 20)),
    'hive-invalid',
    /4 subkeys has a list of more/,
  );
});

test('a value that is larger than its place is told', () => {
  const value = (name: string): number => hive10.indexOf(name, 4096, 'latin1') - 20;
  const current = value('Current');
  refuses(
    changed((bytes) => bytes.writeUInt32LE(0x8000_0008, current + 4)),
    'hive-invalid',
    /8 bytes of data cannot stand in their place/,
  );
  const list = value('list');
  refuses(
    changed((bytes) => bytes.writeUInt32LE(0x100, list + 4)),
    'hive-invalid',
    /the data of the value "list" has 256 bytes and a cell of/,
  );
});

test('two checksums are not written as they are', () => {
  for (const [sum, written] of [
    [0, 1],
    [-1, 0xffff_fffe],
  ] as const) {
    const bytes = Buffer.from(hive10);
    bytes.writeInt32LE(bytes.readInt32LE(508) ^ sum, 128);
    refuses(bytes, 'hive-invalid', /checksum/);
    bytes.writeUInt32LE(written, 508);
    assert.equal(checkHive(readHive(bytes)).keys, 11);
  }
});

test('a tree that leads back into itself is found out', () => {
  const hive = readHive(hive10);
  const parent = hive.key('ControlSet001')?.offset ?? 0;
  const child = hive.key('ControlSet001\\Control')?.offset ?? 0;
  const loop = changed((bytes) => {
    // The list of one subkey of each of the two leads to the parent.
    const list = bytes.readUInt32LE(4096 + child + 4 + 28);
    bytes.writeUInt32LE(parent, 4096 + list + 4 + 4);
  });
  refuses(loop, 'hive-invalid', /the key ControlSet001 is in two places/);
  const twice = changed((bytes) => {
    const list = 4096 + bytes.readUInt32LE(4096 + 32 + 4 + 28) + 4;
    bytes.writeUInt32LE(bytes.readUInt32LE(list + 4), list + 8);
  });
  refuses(twice, 'hive-invalid', /names one part twice/);
});

/** One bin only, so that nearly every byte matters. */
const dense = new HiveBuilder().build({
  ...tree,
  subkeys:
    tree.subkeys?.map((key) => ({
      ...key,
      values: key.values?.filter(({ data }) => data.bytes.length < 99) ?? [],
    })) ?? [],
});

test('any damage is an error in words or no matter, never a hang', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(dense.length - 4097), fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 128))), {
        minLength: 1,
        maxLength: 12,
      }),
      (damage) => {
        const bytes = Buffer.from(dense);
        for (const [at, byte] of damage) bytes.writeUInt8(byte, 4096 + at);
        try {
          const hive = readHive(bytes);
          for (const { key } of walkHive(hive)) assert.ok(key.className !== '');
          checkHive(hive);
        } catch (error) {
          assert.ok(error instanceof MimeoError && error.code === 'hive-invalid', String(error));
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('names are one without case, letter by letter', () => {
  assert.equal(foldName('Straße Ж'), 'STRAßE Ж');
  assert.ok(sameName('größe ж', 'GRÖßE Ж'));
  assert.ok(!sameName('a', 'b') && !sameName('ß', 'ss'));
});
