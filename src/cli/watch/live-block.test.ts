import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { LiveBlock } from './live-block.ts';

test('the second drawing takes the place of the first', () => {
  const written: string[] = [];
  const block = new LiveBlock((text) => written.push(text), 24);
  block.draw(['a', 'b']);
  block.draw(['c']);
  assert.deepEqual(written.map(stripVTControlCharacters), ['a\nb\n', 'c\n']);
  assert.ok(!written[0]?.includes('F'), 'nothing stands there yet that it may clear');
  assert.ok(written[1]?.startsWith('\u001b[2F\u001b[J'), 'up two lines, and clear from there');
});

test('more lines than the screen has are counted instead of shown', () => {
  const written: string[] = [];
  new LiveBlock((text) => written.push(text), 4).draw(['1', '2', '3', '4', '5']);
  assert.deepEqual(written.map(stripVTControlCharacters), ['1\n2\n… and 3 more lines\n']);
});
