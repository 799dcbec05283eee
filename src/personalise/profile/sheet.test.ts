import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { profileProblemWords } from './problem.ts';
import { readSheet, type SheetReading } from './sheet.ts';

function read(text: string | Buffer): SheetReading {
  return readSheet({ name: 'a.toml', bytes: Buffer.from(text) });
}

function problems(text: string | Buffer): string[] {
  return read(text).problems.map((problem) => profileProblemWords(problem).replace(/^a\.toml, line /, ''));
}

test('a slip in the grammar is told in words and with its place', () => {
  for (const [text, words] of [
    ['[region]\nlanguage =\n\n[windows]\n', '2, column 11: Behind the equals sign there is no value.'],
    ['[windows]\nowner = School\n', '2, column 9: Text has to stand in quotes. Write name = "text".'],
    ["[windows]\nowner = 'School\n", '2, column 16: A closing quotation mark is missing. Add it.'],
    ['[windows]\nowner = "C:\\School"\n', '2, column 13: In "double quotes" a backslash begins'],
    ['[windows]\n[windows]\n', '2, column 2: This is the second time that this key or table is in the file.'],
    ['[linux]\ncommands = ["a"\n"b"]\n', '3, column 1: A comma is missing in front of this.'],
    [`a = ${'['.repeat(50_000)}`, '1, column'],
  ] as const) {
    const [first, ...more] = problems(text);
    assert.deepEqual(more, []);
    assert.ok(first?.startsWith(words), `${text.slice(0, 100)}: ${first}`);
  }
});

test('everything that is wrong with a file is told at once, each at its place', () => {
  const text = `[for]
image = ["win11*"]
order = "5"
forget = ["region.timezone"]

[region]
timezone = "Europe/Berlin"
time_zone = "W. Europe Standard Time"
language = "de"
keyboard = 5

[windows]
product_key = "abc"
organisation = "{{lab}} of {{host.nmae}}, {{B8A3C2D1-1}}"
administrator_password = { secrt = "x" }
skip_questions = "yes"
auto_logon = { account = "", password = { secret = "../shadow" } }

[domain]
join = "offlin"
password = 5

[[accounts]]
name = "a:b"
password = "two\\nlines"

[[printer]]
name = "p"
path = '\\\\server\\queue'
address = "192.0.2.9"

[[package]]
folder = "../x"
success_codes = [0, 1.5]
detect = { file = 'C:\\x', registry_key = 'HKLM\\x' }
language = "de-DE"
`;
  const found = problems(text);
  for (const wanted of [
    '2, column 1: There is no image in for. Did you mean images?',
    '3, column 9: for.order has to be a number, without quotes.',
    '7, column 1: There is no timezone in region. Did you mean time_zone?',
    "8, column 13: region.time_zone: W. Europe Standard Time is Windows' own name of a time zone; write it as Europe/Berlin",
    '9, column 12: region.language: de is no language with its country, such as de-DE.',
    '10, column 12: region.keyboard has to be text in quotes.',
    '13, column 15: windows.product_key: What is written here is no key of the form XXXXX',
    '14, column 17: There is no field lab. Did you mean {{lab.name}}?',
    '14, column 28: There is no field host.nmae. Did you mean {{host.name}}?',
    '15, column 26: windows.administrator_password.secret is missing.',
    '15, column 28: There is no secrt in windows.administrator_password. Did you mean secret?',
    '16, column 18: windows.skip_questions has to be true or false, without quotes.',
    '17, column 26: windows.auto_logon.account is empty.',
    '17, column 52: windows.auto_logon.password.secret: ../shadow is no name of a secret',
    '20, column 8: domain.join has to be one of none, workgroup, credentials, offline, in quotes. Did you mean offline?',
    '21, column 12: domain.password has to be text in quotes or { secret = "name" }.',
    '24, column 8: accounts[1].name: a:b contains :, which no account may have.',
    '25, column 12: accounts[1].password: The secret has a control character in it.',
    '27, column 1: printer[1]: A printer has either path (of a print server) or address (and driver).',
    '32, column 1: package[1].name is missing.',
    '33, column 10: package[1].folder: ../x has to be a path such as HP/LaserJet',
    '34, column 21: package[1].success_codes[2] has to be a whole number.',
    '35, column 10: package[1].detect: A package is found by either file or registry_key.',
    '36, column 1: There is no language in package[1]. There are: name, systems',
  ]) {
    assert.ok(
      found.some((line) => line.startsWith(wanted)),
      `${wanted}\nis not in\n${found.join('\n')}`,
    );
  }
  assert.ok(!found.join('\n').includes('two'), 'no part of a password');
  assert.ok(!found.join('\n').includes('abc'), 'no part of a key');
  assert.match(
    problems('[for]\nforget = ["region.timezone"]').join(),
    /2, column 11: .* Did you mean region.time_zone/,
  );
});

test('files that are no UTF-8 say so', () => {
  const ansi = Buffer.from('[windows]\nowner = "Schüler"', 'latin1');
  assert.match(problems(ansi).join(), /^2, column 13: This character is not UTF-8; .*saved as ANSI/);
  assert.match(problems(Buffer.from('\ufeff[windows]', 'utf16le')).join(), /UTF-16/);
  assert.deepEqual(problems('\ufeff[windows]\r\nowner = "Schüler"\r\n'), []);
  assert.match(problems(Buffer.alloc(300_000, 35)).join(), /262144 is the most/);
});

test('a password in plain text, and a language that Windows has not, are warned of', () => {
  const { warnings } = read('[[accounts]]\nname = "a"\npassword = "geheim"\n[region]\nlanguage = "xx-YY"\n');
  const words = warnings.map(profileProblemWords);
  assert.match(words[0] ?? '', /^a\.toml, line 3, column 12: The password stands here in plain text/);
  assert.match(words[1] ?? '', /^a\.toml, line 5, column 12: Windows has no xx-YY/);
  assert.ok(!words.join('').includes('geheim'));
});

test('any text is read or refused in words', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '=',
    '"',
    "'",
    '\n',
    'a',
    'region',
    '.',
    '{',
    '}',
    ',',
    '1',
    '#',
    '__proto__',
    '{{x}}',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
      (text) => {
        const { sheet, problems: found } = read(text);
        assert.equal(sheet === null, found.length > 0);
        for (const { at } of found) assert.ok(at !== null && at.line >= 1 && at.column >= 1);
      },
    ),
    { numRuns: 500 },
  );
});
