import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkLabel,
  formatImageReference,
  imageNameFault,
  isImageName,
  labelFault,
  parseImageReference,
} from './name.ts';

test('names that technicians use are taken', () => {
  for (const name of [
    'winxp',
    'WinXP-Lab_3',
    'debian.13',
    '7',
    '_old',
    'a..b',
    'x'.repeat(64),
    'console',
    'com10',
  ]) {
    assert.equal(imageNameFault(name), null, name);
  }
});

test('names that would hurt are refused in words', () => {
  const bad: [string, RegExp][] = [
    ['', /empty/],
    ['x'.repeat(65), /65 characters/],
    ['../etc', /"\/"|starts with/],
    ['..', /starts with/],
    ['.hidden', /starts with/],
    ['-rf', /starts with/],
    ['xp.', /ends with a dot/],
    ['win xp', /" "/],
    ['salle-é', /"é"/],
    ['🙂', /"🙂"/],
    ['xp\n', /\\n/],
    ['a:b', /":"/],
    ['CON', /device/],
    ['nul.idx', /device/],
    ['lpt1', /device/],
  ];
  for (const [name, reason] of bad) {
    assert.match(imageNameFault(name) ?? 'taken', reason, name);
    assert.equal(isImageName(name), false);
  }
});

test('labels begin with a letter, so that none is taken for a version', () => {
  for (const label of ['approved', 'Q', 'exam-2026', 'v3', 'x'.repeat(32)])
    assert.equal(labelFault(label), null);
  for (const label of ['', '3', '-x', '.x', 'a b', 'é', 'a@b', 'x'.repeat(33)]) {
    assert.throws(() => checkLabel(label), { code: 'image-label' }, label);
  }
});

test('a reference is a name with or without a version or a label', () => {
  assert.deepEqual(parseImageReference('winxp'), { name: 'winxp', version: null, label: null });
  assert.deepEqual(parseImageReference('winxp@3'), { name: 'winxp', version: 3, label: null });
  assert.deepEqual(parseImageReference(' winxp:12 '), { name: 'winxp', version: 12, label: null });
  assert.deepEqual(parseImageReference('winxp@approved'), {
    name: 'winxp',
    version: null,
    label: 'approved',
  });
  for (const text of [
    '',
    '@3',
    'winxp@',
    'winxp@0',
    'winxp@03',
    'winxp@-1',
    'winxp@_x',
    'winxp@1@2',
    'winxp@9999999999',
    'a b@1',
  ]) {
    assert.throws(() => parseImageReference(text), { code: 'image-name' }, text);
  }
  fc.assert(
    fc.property(
      // Ends in z, which no name of a device does (aux, nul, com1 …), and a dot would start an extension of one.
      fc.stringMatching(/^[a-z][a-z0-9-]{0,20}z$/),
      fc.option(fc.integer({ min: 1, max: 999_999_999 })),
      (name, version) => {
        assert.deepEqual(parseImageReference(formatImageReference(name, version)), {
          name,
          version,
          label: null,
        });
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        assert.ok(isImageName(parseImageReference(text).name));
      } catch (error) {
        assert.equal(error instanceof Error && 'code' in error && error.code, 'image-name');
      }
    }),
  );
});
