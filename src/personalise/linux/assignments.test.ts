import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dropAssignments, readAssignment, writeAssignment } from './assignments.ts';

test('a value is changed in its own quotes; comments and all other lines stay', () => {
  const text = '# keyboard(5)\nXKBLAYOUT="us" # here\nexport LANG=\'C\'\nA=b\n';
  assert.equal(writeAssignment(text, 'XKBLAYOUT', 'de'), text.replace('"us"', '"de"'));
  assert.equal(writeAssignment(text, 'LANG', 'de_DE.UTF-8'), text.replace("'C'", "'de_DE.UTF-8'"));
  assert.equal(writeAssignment(text, 'NEW', 'x'), `${text}NEW=x\n`);
  assert.equal(writeAssignment('A=b', 'NEW', 'grp:a b'), 'A=b\nNEW="grp:a b"\n');
});

test('lines of some keys are dropped', () => {
  assert.equal(
    dropAssignments('HWADDR=00:11\n#HWADDR=x\nONBOOT=yes\n', ['HWADDR']),
    '#HWADDR=x\nONBOOT=yes\n',
  );
});

test('what is written is read, and written again changes nothing', () => {
  const line = fc.oneof(
    fc.constantFrom('KEY=a', 'KEY="b"', "export KEY='c'", '#KEY=d', 'OTHER=KEY=e', ''),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), fc.stringMatching(/^[\w.,@:/+-]{0,12}$/), (lines, value) => {
      const text = lines.join('\n');
      const once = writeAssignment(text, 'KEY', value);
      assert.equal(readAssignment(once, 'KEY'), value);
      assert.equal(writeAssignment(once, 'KEY', value), once);
    }),
  );
});
