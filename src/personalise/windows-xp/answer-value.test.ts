import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import { answerValue, writtenAnswer } from './answer-value.ts';

/** What GetPrivateProfileString makes of `key=…`: blanks off, one pair of quotes off, single ones too. */
function asProfile(written: string): string {
  const trimmed = written.trim();
  return /^(["']).*\1$/s.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed;
}

/** What SetupGetStringField makes of the first field of `key=…`. */
function asInf(line: string): string {
  const written = line.trimStart();
  let result = '';
  let kept = 0;
  let quoted = false;
  for (let at = 0; at < written.length; at += 1) {
    const letter = written[at] ?? '';
    if (letter === '"' && quoted && written[at + 1] === '"') {
      result += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === '%' && written[at + 1] === '%') {
      result += '%';
      at += 1;
    } else if (letter === '%' && written.includes('%', at + 1)) {
      result += '<replaced>';
      at = written.indexOf('%', at + 1);
    } else if (!quoted && /[;,]/.test(letter)) break;
    else if (!quoted && letter === '\\' && written.slice(at + 1).trim() === '') break;
    else result += letter;
    if (quoted || !/[ \t]/.test(letter)) kept = result.length;
  }
  return result.slice(0, kept);
}

test('the readers of this test read as Windows does', () => {
  for (const [written, profile, inf] of [
    ['a b', 'a b', 'a b'],
    [' "a b" ', 'a b', 'a b'],
    ['a ; b', 'a ; b', 'a'],
    ['"a"",b"', 'a"",b', 'a",b'],
    ['50%%', '50%%', '50%'],
    ['a\\', 'a\\', 'a'],
    ["'a'", 'a', "'a'"],
  ] as const) {
    assert.deepEqual([asProfile(written), asInf(written)], [profile, inf], written);
  }
});

test('whatever is written is read the same by both, or refused', () => {
  const piece = fc.constantFrom(
    'a',
    'Z9',
    ' ',
    '\t',
    ';',
    ',',
    '=',
    '\\',
    '%',
    "'",
    '"',
    '[',
    ']',
    '\n',
    'ü',
    '*',
    '#',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, always) => {
      const value = pieces.join('');
      try {
        const written = writtenAnswer(answerValue('It', value), always);
        assert.equal(asProfile(written), value);
        assert.equal(asInf(written), value);
      } catch (error) {
        if (!(error instanceof MimeoError)) throw error;
        assert.equal(error.code, 'personalise-order');
        assert.match(value, /["\n\t]|%.*%/s);
      }
    }),
    { numRuns: 3000 },
  );
});

test('quotes only where they are needed, and no secret in an error', () => {
  const written = (value: string): string => writtenAnswer(answerValue('It', value), false);
  assert.equal(written('R101-PC05'), 'R101-PC05');
  assert.equal(written('SCHOOL\\join'), 'SCHOOL\\join');
  assert.equal(written('C:\\'), '"C:\\"');
  assert.equal(written('a;b'), '"a;b"');
  assert.equal(written("'x'"), '"\'x\'"');
  assert.throws(
    () => answerValue("The administrator's password", 'se"cret'),
    (error) =>
      error instanceof MimeoError && !error.message.includes('cret') && /quotation mark/.test(error.message),
  );
});
