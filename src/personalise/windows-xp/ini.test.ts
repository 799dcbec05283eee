import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addIniLine, iniSection, readIni, removeIniLines, writeIni } from './ini.ts';

function name(text: string, value = 'R101-PC05'): string {
  return writeIni(text, 'UserData', 'ComputerName', value);
}

test('only the value changes: blanks, quotes, case and comments stay', () => {
  for (const [before, after] of [
    ['[UserData]\r\nComputerName=*\r\n', '[UserData]\r\nComputerName=R101-PC05\r\n'],
    ['[userdata]\r\n  computername = "OLD" \r\n', '[userdata]\r\n  computername = "R101-PC05" \r\n'],
    ['[ UserData ]\nCOMPUTERNAME\t=\tOLD\t\n', '[ UserData ]\nCOMPUTERNAME\t=\tR101-PC05\t\n'],
    [
      '[UserData]\r\n;ComputerName=no\r\nComputerName=\r\n',
      '[UserData]\r\n;ComputerName=no\r\nComputerName=R101-PC05\r\n',
    ],
    ['[UserData]\r\nComputerName=* ; drawn\r\n', '[UserData]\r\nComputerName=R101-PC05 ; drawn\r\n'],
    ['[UserData]\r\nComputerName="*"; drawn\r\n', '[UserData]\r\nComputerName="R101-PC05"; drawn\r\n'],
    [
      '[Data]\nComputerName=x\n[UserData]\nComputerName=A\nComputerName=B\n[UserData]\nComputerName=C\n',
      '[Data]\nComputerName=x\n[UserData]\nComputerName=R101-PC05\nComputerName=B\n[UserData]\nComputerName=C\n',
    ],
  ] as const) {
    assert.equal(name(before), after);
    assert.equal(name(after), after);
  }
  assert.deepEqual(readIni('[a]\r\nk=v ; c\r\n', 'A', 'K'), { value: 'v', written: 'v', comment: true });
  assert.deepEqual(readIni('[a]\r\nk="a b" \r\n', 'A', 'K'), {
    value: 'a b',
    written: '"a b"',
    comment: false,
  });
  assert.equal(readIni('[a]\r\n;k=v\r\n', 'a', 'k'), null);
});

test('a missing key goes behind the last line of the section, a missing section to the end', () => {
  assert.equal(
    name('; head\r\n[UserData]\r\nFullName = "A"\r\n; B\r\n\r\n[Display]\r\nX=1\r\n'),
    '; head\r\n[UserData]\r\nFullName = "A"\r\nComputerName = R101-PC05\r\n; B\r\n\r\n[Display]\r\nX=1\r\n',
  );
  assert.equal(name('[UserData]\n    A=1'), '[UserData]\n    A=1\n    ComputerName=R101-PC05');
  assert.equal(name('[UserData]'), '[UserData]\r\nComputerName=R101-PC05');
  assert.equal(name('[Display]\nX=1\n'), '[Display]\nX=1\n\n[UserData]\nComputerName=R101-PC05\n');
  assert.equal(name('[Display]\r\nX=1'), '[Display]\r\nX=1\r\n\r\n[UserData]\r\nComputerName=R101-PC05\r\n');
  assert.equal(name(''), '[UserData]\r\nComputerName=R101-PC05\r\n');
  assert.equal(
    name('[A]\r\nX=1\r\n\u001a'),
    '[A]\r\nX=1\r\n\r\n[UserData]\r\nComputerName=R101-PC05\r\n\u001a',
  );
});

test('lines without a key are added and taken out one by one', () => {
  const text = '[Commands]\r\n"old"\r\n; note\r\n';
  assert.equal(addIniLine(text, 'commands', '"new"'), '[Commands]\r\n"old"\r\n"new"\r\n; note\r\n');
  assert.deepEqual(iniSection(text, 'COMMANDS'), ['"old"']);
  assert.equal(
    removeIniLines(text, 'Commands', (line) => line === '"old"'),
    '[Commands]\r\n; note\r\n',
  );
});

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _\u00c4\u00e9\u0416]{0,8}$/);
const blank = fc.constantFrom('', ' ', '\t', '  ');
const lines = fc.oneof(
  fc
    .tuple(blank, word, blank, blank, fc.string({ maxLength: 12 }))
    .map(([a, key, b, c, value]) => `${a}${key}${b}=${c}${value.replaceAll(/[\r\n]/g, '')}`),
  word.map((section) => `[${section}]`),
  fc.constantFrom(
    '[UserData]',
    '[USERDATA]',
    'ComputerName=OLD',
    ' computername = "old"',
    ';ComputerName=no',
    'ComputerName="a" ; b',
    '',
    '; Größe',
    '"bare line"',
  ),
  fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
);
const files = fc
  .tuple(
    fc.array(fc.tuple(lines, fc.constantFrom('\r\n', '\r\n', '\n', '\r')), { maxLength: 14 }),
    fc.constantFrom('', '[UserData]\r\n', 'ComputerName=x'),
  )
  .map(([parts, tail]) => parts.flat().join('') + tail);

test('any file: the name reads back, the rest is the same byte for byte, and twice is once', () => {
  fc.assert(
    fc.property(files, (text) => {
      const written = name(text);
      assert.equal(readIni(written, 'UserData', 'ComputerName')?.value, 'R101-PC05');
      assert.equal(name(written), written);
      // What was taken out is one stretch within one line, and what was put in is that name and at most its key.
      let start = 0;
      while (start < Math.min(text.length, written.length) && text[start] === written[start]) start += 1;
      let end = 0;
      while (
        end < Math.min(text.length, written.length) - start &&
        text.at(-1 - end) === written.at(-1 - end)
      )
        end += 1;
      const gone = text.slice(start, text.length - end);
      assert.doesNotMatch(gone, /[\r\n]/);
      const old = readIni(text, 'UserData', 'ComputerName');
      if (old === null) assert.equal(gone, '');
      else assert.equal(name(written, old.value), text, 'the old value brings the old file back');
    }),
    { numRuns: 2000 },
  );
});
