import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../../errors.ts';
import { dwordData, qwordData, REG_TYPES, textData, textsData } from '../registry-data.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import { anyOperations, anyText } from '../sample-operations.fixture.ts';
import { parseRegistryFile } from './parse-registry.ts';
import { utf16WithMark } from './registry-encoding.ts';
import { writeRegistryFile, writeRegistryText } from './write-registry.ts';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\School';
const V5 = `Windows Registry Editor Version 5.00\r\n\r\n[${KEY}]\r\n`;
const V4 = `REGEDIT4\r\n\r\n[${KEY}]\r\n`;

function parse(text: string, options = {}): readonly RegistryOperation[] {
  return parseRegistryFile(utf16WithMark(text), 'school.reg', options).operations;
}
/** The data of each value by its name. */
function values(text: string | Buffer): Record<string, unknown> {
  const bytes = typeof text === 'string' ? utf16WithMark(text) : text;
  const found = parseRegistryFile(bytes, 'school.reg').operations.flatMap((operation) =>
    operation.kind === 'set-value' ? [[operation.name, plain(operation.data)] as const] : [],
  );
  return Object.fromEntries(found);
}
function plain({ type, bytes }: { type: number; bytes: Uint8Array }): string {
  return `${type}:${Buffer.from(bytes).toString('hex')}`;
}
function refuses(text: string, words: RegExp): void {
  assert.throws(
    () => parse(text),
    (error) =>
      error instanceof MimeoError && error.code === 'registry-file-invalid' && words.test(error.message),
    `${words} for ${text}`,
  );
}

test('operations come in the order of the file', () => {
  const text = `${V5}@="d"\r\n"a"=dword:0000000A ;ten\r\n"gone"=- ; away\r\n\r\n[-${KEY}\\old]\r\n\r\n[hkey_users\\.Default\\]\r\n; c\r\n#c\r\n[${KEY}\\a[b] c]\r\n"x"=hex(b):01,00,00,00,00,00,00,00`;
  assert.deepEqual(parse(text), [
    { kind: 'set-value', key: KEY, name: '', data: textData('d') },
    { kind: 'set-value', key: KEY, name: 'a', data: dwordData(10) },
    { kind: 'delete-value', key: KEY, name: 'gone' },
    { kind: 'delete-key', key: `${KEY}\\old` },
    { kind: 'ensure-key', key: 'HKEY_USERS\\.Default' },
    { kind: 'set-value', key: `${KEY}\\a[b] c`, name: 'x', data: { ...qwordData(1n) } },
  ]);
  assert.deepEqual(parse('REGEDIT4\n[HKLM\\X]\n', { aliases: true }), [
    { kind: 'ensure-key', key: 'HKEY_LOCAL_MACHINE\\X' },
  ]);
});

test('values are read as regedit of Windows reads them', () => {
  // What Windows does here is known from the tests of Wine's regedit, which were measured on Windows.
  assert.deepEqual(
    values(
      `${V5}"comment"=hex:01,\\;c\r\n  ;c\r\n\r\n\t02,03 ;c\r\n"end"=hex:01,02,\r\n"digit"=hex:1,a\r\n"blank" =\t dword:\t 8 \r\n` +
        `"late"=hex:\\\r\n  ff\r\n"none"=hex(2):\r\n"type"=hex(ffffffff):01\r\n"text"="; # \\"q\\" \\\\"\t;c\r\n"lines"="a\r\nb\nc"\r\n"esc"="a\\nb\\r"\r\n`,
    ),
    {
      comment: '3:010203',
      end: '3:0102',
      digit: '3:010a',
      blank: '4:08000000',
      late: '3:ff',
      none: '2:',
      type: '4294967295:01',
      text: plain(textData('; # "q" \\')),
      lines: plain(textData('a\r\nb\nc')),
      esc: plain(textData('a\nb\r')),
    },
  );
});

test('strings in bytes: ANSI in REGEDIT4, and ended where they have no end', () => {
  assert.deepEqual(
    values(
      `${V5}"a"=hex(2):61,00\r\n"b"=hex(7):61,00,00,00\r\n"c"=hex(1):61,00,00,00\r\n"odd"=hex(1):61\r\n`,
    ),
    {
      a: '2:61000000',
      b: '7:61000000',
      c: '1:61000000',
      odd: '1:61',
    },
  );
  const ansi = Buffer.from(
    `${V4}"a"=hex(2):fc\r\n"b"=hex(7):61,00,62,00,00\r\n"bytes"=hex:61\r\n"n\xe4me"="S\xfcd"\r\n`,
    'latin1',
  );
  assert.deepEqual(values(ansi), {
    a: '2:fc000000',
    b: '7:61000000620000000000',
    bytes: '3:61',
    näme: plain(textData('Süd')),
  });
  const cyrillic = Buffer.from(`${V4}"a"=hex(2):c6\r\n"b"="\xc6"`, 'latin1');
  const read = parseRegistryFile(cyrillic, 'x.reg', { codePage: 'windows-1251' }).operations;
  assert.deepEqual(
    read.map((one) => one.kind === 'set-value' && plain(one.data)),
    [plain(textData('Ж', REG_TYPES.expandSz)), plain(textData('Ж'))],
  );
});

test('UTF-8 of an editor is read, and told', () => {
  for (const mark of ['', '\ufeff']) {
    const file = parseRegistryFile(Buffer.from(`${mark}${V5}"a"="Süd"\r\n`), 'x.reg');
    assert.deepEqual(file.operations, [{ kind: 'set-value', key: KEY, name: 'a', data: textData('Süd') }]);
    assert.match(file.warnings[0] ?? '', /^x\.reg is in UTF-8/);
  }
});

test('what regedit would pass over in silence is told with its place', () => {
  for (const [line, words] of [
    ['"a"=hex:01\\\r\n  ,02', /line 4, column 11: A comma has to stand before the backslash/],
    ['"a"=hex:01,\\\r\n"b"="x"', /line 5, column 1: Hexadecimal bytes should go on here/],
    ['"a"=hex:01,\\\r\n#c\r\n02', /line 5, column 1: Hexadecimal bytes should go on here/],
    ['"a"=hex:01,\\', /line 4, column 12: The file ends behind this backslash/],
    ['"a"=hex:01,\\02', /line 4, column 12: A backslash carries/],
    ['"a"=hex:01,,02', /line 4, column 12: A byte is missing/],
    ['"a"=hex:01,100', /line 4, column 12: This is no list/],
    ['"a"=hex:01#c', /line 4, column 11: This is no list/],
    ['"a"=hex(100000000):01', /line 4, column 5: The value is none of/],
    ['"a"=HEX:01', /small letters/],
    ['"a"=DWORD:1', /small letters/],
    ['"a"=dword:123456789', /none of/],
    ['"a"=dword:', /none of/],
    ['"a"="x"#c', /line 4, column 5: The value is none of/],
    ['"a"="x"y"', /none of/],
    ['"a"=-1', /none of/],
    ['"a"="x\r\n"b"="y"', /line 4, column 5: A closing quotation mark is missing/],
    ['"a"="\\x"', /line 4, column 6: \\x is nothing in a text/],
    ['"a"="x\\', /line 4, column 7: A single backslash is nothing/],
    ['"a"', /line 4, column 1: This is neither/],
    ['"a', /line 4, column 1: This is neither/],
    ['"a\r\nb"="x"', /line 4, column 1: This is neither/],
    ['[-HKEY_USERS]', /A whole hive cannot be deleted/],
    [`[-${KEY}]\r\n"a"="x"`, /line 5, column 1: The value belongs to a key that is deleted/],
    ['[ HKEY_USERS\\x]', /A blank stands in front/],
    ['[HKEY_USERS\\x] y', /line 4, column 15: Something stands behind/],
    ['[HKEY_USERS\\x] ; [y]', /The comment has a bracket/],
    ['[HKEY_USERS\\\\x]', /Two backslashes/],
    ['[HKLM\\x]', /in full/],
    ['[HKEY_DYN_DATA\\x]', /in none of the hives/],
    [`[HKEY_USERS\\${'x'.repeat(256)}]`, /has 256 characters; 255 are the most/],
    [`"${'x'.repeat(16384)}"="x"`, /has 16384 characters; 16383 are the most/],
  ] as const) {
    refuses(`${V5}${line}`, words);
  }
  refuses('', /line 1, column 1: The first line has to be/);
});

test('what is written has the form of an export', () => {
  assert.equal(
    writeRegistryText([
      { kind: 'set-value', key: KEY, name: '', data: textData('C:\\"x"') },
      { kind: 'set-value', key: KEY, name: 'n', data: dwordData(10) },
      { kind: 'set-value', key: KEY, name: 'lines', data: textData('a\n') },
      { kind: 'delete-value', key: KEY, name: 'gone' },
      { kind: 'delete-key', key: `${KEY}\\old` },
      { kind: 'set-value', key: KEY, name: 'long', data: { type: 3, bytes: Buffer.alloc(27, 0xab) } },
      { kind: 'ensure-key', key: KEY },
    ]),
    `${V5}@="C:\\\\\\"x\\""\r\n"n"=dword:0000000a\r\n"lines"=hex(1):61,00,0a,00,00,00\r\n"gone"=-\r\n\r\n[-${KEY}\\old]\r\n\r\n` +
      `[${KEY}]\r\n"long"=hex:${'ab,'.repeat(22)}\\\r\n  ${'ab,'.repeat(4)}ab\r\n\r\n[${KEY}]\r\n\r\n`,
  );
});

test('any operations written and read again are the same', () => {
  fc.assert(
    fc.property(anyOperations, (operations) => {
      const file = parseRegistryFile(writeRegistryFile(operations), 'any.reg');
      assert.deepEqual(file.operations, operations);
    }),
    { numRuns: 500 },
  );
});

test('REGEDIT4 says the same where ASCII is enough, and is refused where not', () => {
  const operations: RegistryOperation[] = [
    { kind: 'set-value', key: KEY, name: 'a', data: textsData(['x', 'y']) },
    { kind: 'set-value', key: KEY, name: 'b', data: textData('%x%', REG_TYPES.expandSz) },
    { kind: 'set-value', key: KEY, name: 'c', data: { type: 3, bytes: Buffer.from([0xfc]) } },
  ];
  const bytes = writeRegistryFile(operations, 4);
  assert.match(bytes.toString('latin1'), /"a"=hex\(7\):78,00,79,00,00\r\n/);
  assert.deepEqual(parseRegistryFile(bytes, 'x.reg').operations, operations);
  for (const data of [textData('ü'), textData('ü', REG_TYPES.expandSz)]) {
    assert.throws(
      () => writeRegistryFile([{ kind: 'set-value', key: KEY, name: 'a', data }], 4),
      /ASCII only/,
    );
  }
  for (const name of ['a\0', '\u0001']) {
    assert.throws(() => writeRegistryText([{ kind: 'delete-value', key: KEY, name }]), /control character/);
  }
  assert.throws(() => writeRegistryText([{ kind: 'ensure-key', key: `${KEY}\n` }]), /line end/);
});

test('any bytes are read, or refused in words', () => {
  const pieces = fc.constantFrom(
    '[',
    ']',
    '"',
    '=',
    '\\',
    '\r\n',
    '\n',
    ',',
    'hex:',
    'hex(7):',
    '01',
    'dword:',
    '-',
    ';',
    '@',
    ' ',
    'HKEY_USERS\\x',
    '"a"=',
    'ä',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(V5, V4),
      fc.oneof(
        fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
        anyText,
      ),
      fc.constantFrom('utf16le', 'latin1', 'utf8'),
      (head, rest, encoding) => {
        const text = head + rest;
        const bytes = encoding === 'utf16le' ? utf16WithMark(text) : Buffer.from(text, encoding);
        try {
          const { operations } = parseRegistryFile(bytes, 'any.reg');
          // What was read says the same when it is written.
          const again = parseRegistryFile(writeRegistryFile(operations), 'any.reg');
          assert.deepEqual(again.operations, operations);
        } catch (error) {
          assert.ok(error instanceof MimeoError && error.code === 'registry-file-invalid', String(error));
        }
      },
    ),
    { numRuns: 1500 },
  );
});
