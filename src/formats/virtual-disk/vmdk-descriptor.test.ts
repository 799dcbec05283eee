import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseVmdkDescriptor } from './vmdk-descriptor.ts';

test('a descriptor of a usual split disk', () => {
  const text = [
    '# Disk DescriptorFile',
    'version=1',
    'CID=a1b2c3d4',
    'parentCID=ffffffff',
    'createType="twoGbMaxExtentFlat"',
    'RW 4192256 FLAT "win7-f001.vmdk" 0',
    'RW 2048 FLAT "win7-f002.vmdk" 63',
    'RW 100 ZERO',
    'ddb.geometry.cylinders = "227"',
    'ddb.uuid.image.1 = "60 00 C2"',
  ].join('\r\n');
  assert.deepEqual(parseVmdkDescriptor(text), {
    hasParent: false,
    extents: [
      { type: 'FLAT', sectors: 4_192_256, name: 'win7-f001.vmdk', offset: 0 },
      { type: 'FLAT', sectors: 2048, name: 'win7-f002.vmdk', offset: 63 },
    ],
  });
});

test('whatever qemu could take for a file is found', () => {
  const blank = fc.constantFrom(' ', '\t', '  \t ', '\n', ' '.repeat(500));
  const digits = fc.constantFrom('1', '+1', '-1', '0'.repeat(400), '18446744073709551616');
  const type = fc.constantFrom('FLAT', 'SPARSE', 'VMFS', 'VMFSSPARSE', 'SESPARSE', 'flat');
  const name = fc.stringMatching(/^[!#-~ ]{1,40}$/).filter((text) => !/\s{2}/.test(text));
  fc.assert(
    fc.property(fc.string(), blank, digits, blank, type, blank, name, fc.boolean(), (...parts) => {
      const [before, one, count, two, kind, three, file, closed] = parts;
      const text = `${before}\nRW${one}${count}${two}${kind}${three}"${file}${closed ? '"' : '\n'}`;
      // A tab makes that no name is followed.
      const found = parseVmdkDescriptor(text).extents.some(
        ({ name: it }) => it === file || it.includes('\t'),
      );
      assert.ok(found, JSON.stringify(text));
    }),
  );
});

test('a name with other blanks than single spaces is no plain one', () => {
  for (const name of ['a  b.vmdk', 'a\tb.vmdk', 'a\u00a0b.vmdk']) {
    const [extent] = parseVmdkDescriptor(`RW 1 FLAT "${name}" 0`).extents;
    assert.equal(extent?.name, 'a\tb.vmdk');
  }
});

test('a parent is seen in any spelling', () => {
  assert.ok(parseVmdkDescriptor('parentCID=deadbeef').hasParent);
  assert.ok(parseVmdkDescriptor('PARENTCID = 1').hasParent);
  assert.ok(parseVmdkDescriptor('parentCID=ffffffff\nparentCID=2').hasParent);
  assert.ok(!parseVmdkDescriptor('parentCID=FFFFFFFF').hasParent);
});

test('a long text takes no long time', () => {
  for (const piece of ['a', ' ', '1', '"', '1 ', 'RW 1 FLAT ', '1FLAT"', '\n', 'parentCID']) {
    const before = performance.now();
    parseVmdkDescriptor(piece.repeat(1_048_576 / piece.length));
    assert.ok(performance.now() - before < 1000, JSON.stringify(piece));
  }
});
