import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readInfSections } from './inf-sections.ts';
import { readInfText } from './inf-text.ts';
import { readDriverInf } from './read-driver-inf.ts';

function entries(text: string): [key: string | null, values: readonly string[]][] {
  const all = [...readInfSections(`[s]\r\n${text}`).sections.values()].flat();
  return all.map(({ key, values }) => [key, values]);
}

test('keys and values are cut at the first equals sign and at commas, without blanks around them', () => {
  assert.deepEqual(entries('  Key One =  a b , c,, d=e ;f'), [['Key One', ['a b', 'c', '', 'd=e']]]);
  assert.deepEqual(entries('driver.sys,,,0x20'), [[null, ['driver.sys', '', '', '0x20']]]);
  assert.deepEqual(entries('a,b=c'), [[null, ['a', 'b=c']]]);
  assert.deepEqual(entries('key='), [['key', ['']]]);
});

test('quotes keep blanks, commas, semicolons and equals signs; two of them are one', () => {
  assert.deepEqual(entries('a = " x, y; z = 1 "'), [['a', [' x, y; z = 1 ']]]);
  assert.deepEqual(entries('a="say ""hi"" now" , b'), [['a', ['say "hi" now', 'b']]]);
  assert.deepEqual(entries('a="C:\\dir\\"tail'), [['a', ['C:\\dir\\tail']]]);
  assert.deepEqual(entries('"quoted=key" = v'), [['quoted=key', ['v']]]);
});

test('a backslash at the end joins the next line, whatever stands behind it on its own', () => {
  assert.deepEqual(entries('a = b,\\\r\n  c, \\  ; why\r\n\td\r\ne = f'), [
    ['a', ['b', 'c', 'd']],
    ['e', ['f']],
  ]);
  assert.deepEqual(entries('a = dir\\\\\n,file'), [['a', ['dir', 'file']]]);
  assert.deepEqual(entries('a = "dir\\"\\\n,file'), [['a', ['dir\\', 'file']]]);
  assert.deepEqual(entries('a = PCI\\VEN_8086'), [['a', ['PCI\\VEN_8086']]]);
  assert.deepEqual(entries('a = b\\'), [['a', ['b\\']]]);
});

test('a %token% may hold a comma or a semicolon; a lone percent sign is one', () => {
  assert.deepEqual(entries('%Foo, Inc.;x% = sect'), [['%Foo, Inc.;x%', ['sect']]]);
  assert.deepEqual(entries('a = 5%, 6% ; c'), [['a', ['5%', '6%']]]);
  assert.deepEqual(entries('a = %%SystemRoot%%\\x'), [['a', ['%%SystemRoot%%\\x']]]);
});

test('sections are found without case and joined; all line ends count; Ctrl-Z is a blank', () => {
  const { sections, problems } = readInfSections('junk\n[One]\ra=1\n[two] ; x\r\nb=2\n[ONE]\nc=3\u001a');
  assert.deepEqual(problems, []);
  assert.deepEqual([...sections.keys()], ['one', 'two']);
  assert.deepEqual(
    sections.get('one')?.map(({ key, line }) => [key, line]),
    [
      ['a', 3],
      ['c', 7],
    ],
  );
});

test('what Windows would stumble over is told with its line', () => {
  assert.deepEqual(readInfSections('[a]\nb="c\nd=e\n[oops\nf=g').problems, [
    { line: 2, text: 'A closing quotation mark is missing.', fatal: false },
    { line: 4, text: 'The name of a section has no closing bracket.', fatal: true },
  ]);
});

test('text is read in every encoding that makers use', () => {
  const text = '[Version]\r\nProvider="Müller"\r\n';
  const swapped = Buffer.from(text, 'utf16le').swap16();
  const forms: [Buffer, string][] = [
    [Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le'],
    [Buffer.from(text, 'utf16le'), 'utf-16le'],
    [Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]), 'utf-16be'],
    [swapped, 'utf-16be'],
    [Buffer.from(`\ufeff${text}`), 'utf-8'],
    [Buffer.from(text, 'latin1'), 'ansi'],
  ];
  for (const [bytes, encoding] of forms) assert.deepEqual(readInfText(bytes), { text, encoding });
});

test('whatever the bytes, reading them ends and throws nothing', () => {
  const piece = fc.constantFrom(
    ...[
      '[Version]',
      '[Manufacturer]',
      '[',
      ']',
      '\\',
      '"',
      '""',
      '%',
      '%a%',
      ';',
      ',',
      '=',
      '\r\n',
      '\n',
      ' ',
      '\t',
    ],
    ...[
      'Signature="$Windows NT$"',
      'm,NTamd64',
      '[m.NTamd64]',
      'x=i,PCI\\VEN_1',
      'Needs=i',
      '[i]',
      'CopyFiles=i',
      '\0',
    ],
  );
  const texts = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 60 });
  fc.assert(
    fc.property(texts, (parts) => {
      const inf = readDriverInf(Buffer.from(parts.join('')));
      assert.ok(inf === null || Array.isArray(inf.problems));
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readDriverInf(bytes);
    }),
    { numRuns: 200 },
  );
});

test('time grows with the size of the file, also for one made to be slow', () => {
  const count = 60_000;
  for (const part of ['[\n', '"\n', '\\ ', '%', '% ', 'a=\\\n', ',', '""', '[x]\n']) {
    const started = performance.now();
    readInfSections(part.repeat(count));
    assert.ok(performance.now() - started < 1000, JSON.stringify(part));
  }
});

test('every value that is written with quotes is read back as it was', () => {
  const value = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
      const written = values.map((one) => `"${one.replaceAll('"', '""')}"`).join(' , ');
      assert.deepEqual(entries(`key = ${written} ; end`), [['key', values]]);
    }),
    { numRuns: 200 },
  );
});
