import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Painter } from './painter.ts';
import { textRow } from './style.ts';

const size = { columns: 4, rows: 2 };
const row = (text: string) => textRow(text, 4, { ink: 'white', paper: 'black', left: true });

test('only rows that differ are sent again', () => {
  const painter = new Painter();
  assert.ok(painter.paint([row('a'), row('b')], size).includes('\x1b[2J'));
  assert.equal(painter.paint([row('a'), row('b')], size), '');
  assert.equal(painter.paint([row('a'), row('c')], size), '\x1b[2;1H\x1b[0;37;40mc   ');
});

test('a whole frame draws every row without clearing, another size clears first', () => {
  const painter = new Painter();
  painter.paint([row('a'), row('b')], size);
  const whole = painter.paint([row('a'), row('b')], size, true);
  assert.ok(whole.startsWith('\x1b[1;1H') && whole.includes('\x1b[2;1H') && !whole.includes('\x1b[2J'));
  assert.ok(painter.paint([row('a')], { columns: 4, rows: 1 }).includes('\x1b[2J'));
});
