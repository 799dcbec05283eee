import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import { makeRegistryFile } from './make-registry-file.ts';
import { anyText } from './sample-operations.fixture.ts';

const fields = { 'host.name': 'R101-PC05', 'lab.name': 'Räume "Süd" \\ 2', seat: '1f', evil: 'a\r\n[x]' };

function make(text: string | Buffer, from: Readonly<Record<string, string>> = fields) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  return makeRegistryFile({ name: 'school.reg', content: bytes.toString('base64') }, from);
}
const V5 = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\School]\r\n';
function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}
function refuses(text: string | Buffer, words: RegExp): void {
  assert.throws(
    () => make(text),
    (error) =>
      error instanceof MimeoError && error.code === 'registry-file-invalid' && words.test(error.message),
    String(words),
  );
}

test('placeholders are filled, escaped for where they stand, and the encoding stays', () => {
  const template = `${V5}"Name"="{{host.name}}"\r\n"Lab {{ host.name }}"="in {{lab.name}}!"\r\n"Seat"=dword:{{seat}}\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\{{host.name}}]\r\n; {{lab.name}}\r\n`;
  const made = make(utf16(template)).bytes;
  assert.equal(made.toString('hex', 0, 2), 'fffe');
  const text = made.toString('utf16le', 2);
  assert.match(
    text,
    /"Name"="R101-PC05"\r\n"Lab R101-PC05"="in Räume \\"Süd\\" \\\\ 2!"\r\n"Seat"=dword:1f\r\n/,
  );
  assert.match(text, /SOFTWARE\\R101-PC05\]/);
  assert.equal(
    make('REGEDIT4\n\n[HKEY_USERS\\.DEFAULT\\X]\n@="{{host.name}}"').bytes.toString('latin1'),
    'REGEDIT4\r\n\r\n[HKEY_USERS\\.DEFAULT\\X]\r\n@="R101-PC05"',
  );
});

test('blanks beside the header go', () => {
  const made = make(' REGEDIT4 \r\n[HKEY_USERS\\x]\r\n').bytes.toString('latin1');
  assert.equal(made, 'REGEDIT4\r\n[HKEY_USERS\\x]\r\n');
});

test('a text that goes over its line is filled as a text in all its lines', () => {
  const made = make(utf16(`${V5}"x"="one\r\ntwo {{lab.name}}"\r\n`)).bytes.toString('utf16le');
  assert.match(made, /two Räume \\"Süd\\" \\\\ 2"\r\n$/);
});

test('what regedit of XP could not read is converted, or refused with what to do', () => {
  const utf8 = Buffer.from(`\ufeff${V5}"Ort"="Süd"\r\n`);
  assert.deepEqual(make(utf8).bytes, utf16(`${V5}"Ort"="Süd"\r\n`));
  assert.deepEqual(make(utf8.subarray(3)).bytes, utf16(`${V5}"Ort"="Süd"\r\n`), 'UTF-8 without its mark');
  assert.deepEqual(
    make(`${V5}"Ort"="{{lab.name}}"`).bytes.subarray(0, 2),
    Buffer.from([0xff, 0xfe]),
    'ASCII with a foreign value',
  );
  const ansi = Buffer.from(`${V5}"Ort"="S\xfcd {{host.name}}"\r\n`, 'latin1');
  assert.deepEqual(
    make(ansi).bytes,
    Buffer.from(`${V5}"Ort"="S\xfcd R101-PC05"\r\n`, 'latin1'),
    'ANSI bytes stay',
  );
  refuses(Buffer.from(`${V5}"Ort"="S\xfcd {{lab.name}}"\r\n`, 'latin1'), /written in ANSI/);
  refuses('REGEDIT4\r\n[HKEY_USERS\\X]\r\n@="{{lab.name}}"', /REGEDIT4 takes ANSI only/);
  refuses(
    Buffer.from(`${V5}"Ort"="\x83\\x"\r\n`, 'latin1'),
    /\\x is nothing .* Or a letter of an ANSI file of East Asia/,
  );
  refuses(Buffer.from(utf16(V5)).swap16(), /big-endian/);
  refuses(Buffer.from(V5, 'utf16le'), /UTF-16 without its byte order mark/);
  refuses(utf16(V5).subarray(0, 31), /middle of a character/);
});

test('mistakes are told with file, line and column', () => {
  refuses(
    `${V5}"Name"="{{host.nam}}"`,
    /^school\.reg, line 4, column 9: There is no field host\.nam; the fields are /,
  );
  refuses('[HKEY_LOCAL_MACHINE\\X]', /line 1, column 1: The first line has to be/);
  refuses(`${V5}[HKLM\\X]`, /line 4, column 1: regedit wants the hive in full/);
  refuses(`${V5}[HKEY_LOCAL_MACHINE\\X`, /line 4, column 1: The closing bracket/);
  refuses(`${V5}Name=1`, /line 4, column 1: This is neither/);
  refuses(`${V5}"Name"=1`, /line 4, column 8: The value is none of/);
  refuses(`${V5}"Name"="x\r\n`, /line 4, column 8: A closing quotation mark/);
  refuses(`${V5}"Name"=hex:0g`, /line 4, column 13: This is no list of hexadecimal bytes/);
  refuses(
    `${V5}"Path"="C:\\School"`,
    /line 4, column 11: \\S is nothing in a text; for a backslash write two/,
  );
  refuses('REGEDIT4\r\n@="x"', /line 2, column 1: A value stands before/);
  refuses(`${V5}"x"="{{evil}}"`, /control character/);
  refuses(`${V5}[HKEY_USERS\\{{lab.name}}]`, /cannot stand in the name of a key/);
  refuses(`${V5}"x"=dword:{{host.name}}`, /needs quotes/);
});

test('everything regedit exports passes', () => {
  const text = `${V5}@=dword:0000000a\r\n"a\\"b\\\\"="C:\\\\x"\r\n"m"=hex(7):61,00,\\\r\n  62,00,00,00\r\n"e"=hex(2):\r\n"two\\nlines"="one\r\ntwo [x] ;"\r\n"gone"=-\r\n[-HKEY_CLASSES_ROOT\\.old]\r\n\r\n[HKEY_USERS\\S-1\\{20D04FE0-3AEA-1069-A2D8-08002B30309D}]\r\n"{{20D04FE0-3AEA}}"="x"\r\n`;
  assert.deepEqual(make(utf16(text)).bytes, utf16(text));
  assert.deepEqual(make(text).bytes, utf16(text), 'strings in bytes are read in one way only in UTF-16');
  const plain = text.replaceAll(/^"[em]".*\r\n(?: .*\r\n)?/gm, '');
  assert.equal(make(plain).bytes.toString('latin1'), plain);
});

test('what regedit takes but nobody may have meant is a warning with its place', () => {
  assert.deepEqual(make(`${V5}"a"="1"\r\n"A"="2"\r\n`).warnings, [
    'school.reg, line 5, column 1: HKEY_LOCAL_MACHINE\\SOFTWARE\\School, A was set before; the later one wins.',
  ]);
});

test('keys of the current user are pointed out', () => {
  const template = {
    name: 'user.reg',
    content: Buffer.from(`${V5}[HKEY_CURRENT_USER\\X]\r\n`).toString('base64'),
  };
  assert.match(
    makeRegistryFile(template, fields).warnings[0] ?? '',
    /user\.reg has keys of HKEY_CURRENT_USER/,
  );
  assert.deepEqual(make(V5).warnings, []);
});

test('no value can break out of its string', () => {
  fc.assert(
    fc.property(anyText, (value) => {
      let text: string;
      try {
        text = make(utf16(`${V5}"v"="<{{x}}>"\r\n`), { x: value }).bytes.toString('utf16le', 2);
      } catch (error) {
        assert.ok(error instanceof MimeoError && /\p{Cc}/u.test(value));
        return;
      }
      const data = /^"v"="<((?:[^"\\]|\\["\\])*)>"$/m.exec(text.split('\r\n')[3] ?? '')?.[1];
      assert.equal(data?.replaceAll(/\\(.)/g, '$1'), value);
    }),
    { numRuns: 150 },
  );
});
