import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findName } from './find-name.ts';
import { NamePattern } from './name-pattern.ts';
import { PatternFault } from './parse-pattern.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,8}$/);

/** Regular expressions of everything that is supported, over few letters so that they often match. */
const pattern = fc
  .letrec<{ one: string; many: string }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        'a',
        'B',
        '1',
        '-',
        '.',
        '\\d',
        '\\w',
        '\\D',
        '[ab1]',
        '[^a-c]',
        '[a\\d-]',
        '\\-',
        '^',
        '$',
      ),
      tie('many').map((inside) => `(${inside})`),
      tie('many').map((inside) => `(?:${inside}|b)`),
      fc
        .tuple(tie('many'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
        .map(([inside, count]) => `(?:${inside})${count}`),
    ),
    many: fc.array(tie('one'), { maxLength: 4 }).map((parts) => parts.join('')),
  }))
  .many.filter((text) => text.length <= 200);

test('a pattern means what a regular expression means', () => {
  fc.assert(
    fc.property(pattern, name, (text, word) => {
      assert.equal(new NamePattern(text).matches(word), new RegExp(text, 'i').test(word), `${text} ${word}`);
    }),
    { numRuns: 300 },
  );
});

test('any text is a pattern or a fault in words, and no pattern takes long', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab1^$.[]()|*+?{},-\\d\\w2'.split('')) }), (text) => {
      try {
        new NamePattern(text).matches('aaaaaaaaaaaaaa1');
      } catch (error) {
        assert.ok(error instanceof PatternFault, String(error));
        assert.ok(error.at >= 0 && error.at <= text.length);
      }
    }),
    { numRuns: 1000 },
  );
  const before = performance.now();
  assert.equal(new NamePattern('^(a+)+(a*)*(a|aa)+$').matches(`${'a'.repeat(5000)}!`), false);
  assert.ok(performance.now() - before < 1000, 'one that ties other engines in knots');
});

test('what is not supported is refused with its place', () => {
  for (const [text, words, at] of [
    ['(?=a)', /only \(…\)/, 0],
    ['(a)\\1', /\\1/, 3],
    ['a{3', /no repetition/, 1],
    ['a{16}', /15 times/, 1],
    ['a{3,2}', /above its end/, 1],
    ['a**', /in a row/, 2],
    ['(a', /without a \)/, 0],
    ['a)', /without a \(/, 1],
    ['[a', /without a \]/, 0],
    ['[z-a]', /above its end/, 1],
    ['*a', /nothing before/, 0],
    ['a\\', /backslash/, 1],
    ['^*', /means nothing/, 0],
    [`${'('.repeat(30)}a${')'.repeat(30)}`, /too many brackets/, 21],
    ['a'.repeat(201), /201 characters/, 200],
    ['(((.{15}){15}){15}){15}', /too complicated/, 0],
  ] as const) {
    assert.throws(
      () => new NamePattern(text),
      (error) => error instanceof PatternFault && words.test(error.message) && error.at === at,
      text,
    );
  }
});

test('a name that only this pattern matches is found, or that there is none', () => {
  const find = (one: string, ...others: string[]): string | null | undefined =>
    findName(
      new NamePattern(one),
      others.map((other) => new NamePattern(other)),
    );
  assert.equal(find('^R101-PC'), 'r101-pc');
  assert.equal(find('^R101-PC', '^R1'), null);
  assert.equal(find('^R[12]-', '^R1', '^R2'), null);
  assert.match(find('^R[123]-', '^R1', '^R2') ?? '', /^r3-[a-z0-9]$/);
  assert.equal(find('^R', ''), null);
  assert.equal(find('_'), null, 'no name has an underscore');
  assert.equal(find('^-'), null, 'no name begins with a dash');
  assert.equal(find('^\\d+$'), null, 'no name is digits only');
  assert.equal(find('.{15}.'), null, 'no name is that long');
});

test('whatever is found is matched by the one and not by the others', () => {
  fc.assert(
    fc.property(pattern, fc.array(pattern, { maxLength: 3 }), (one, others) => {
      const found = findName(
        new NamePattern(one),
        others.map((other) => new NamePattern(other)),
      );
      if (typeof found !== 'string') return;
      assert.ok(new RegExp(one, 'i').test(found));
      for (const other of others) assert.ok(!new RegExp(other, 'i').test(found));
    }),
    { numRuns: 60 },
  );
});
