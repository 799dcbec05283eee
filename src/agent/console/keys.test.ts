import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Key, KeyDecoder } from './keys.ts';

const names = (keys: readonly Key[]): string =>
  keys.map((key) => (key.kind === 'char' ? key.char : `<${key.kind}>`)).join('');

/** The keys of byte strings that come one after the other, the line silent after the last. */
function keysOf(...pieces: string[]): string {
  const decoder = new KeyDecoder();
  const keys = pieces.flatMap((piece) => decoder.push(Buffer.from(piece, 'latin1')));
  return names([...keys, ...decoder.flush()]);
}

test('letters, enter in its three spellings, both backspaces', () => {
  assert.equal(keysOf('ab\rc\nd\r\ne\x7f\x08'), 'ab<enter>c<enter>d<enter>e<backspace><backspace>');
  assert.equal(keysOf('a\r', '\nb'), 'a<enter>b');
});

test('a lone escape is a key, arrows and function keys are nothing, also when cut in two', () => {
  assert.equal(keysOf('a\x1b'), 'a<escape>');
  assert.equal(keysOf('\x1b[A\x1bOPx\x1b[15~y\x1b[[Az'), 'xyz');
  assert.equal(keysOf('\x1b', '[', 'A', 'b'), 'b');
  assert.equal(keysOf('\x1b\x1b'), '<escape><escape>');
  assert.equal(keysOf('\x03'), '<escape>');
});

test('any bytes in any pieces give printable characters and known keys only', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (pieces) => {
      const decoder = new KeyDecoder();
      const keys = [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.flush()];
      for (const key of keys) if (key.kind === 'char') assert.match(key.char, /^[\x20-\x7e]$/);
    }),
  );
});
