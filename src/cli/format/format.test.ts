import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { columnsOf, painter } from './paint.ts';
import { parseRate } from './parse-size.ts';
import { plainText } from './plain-text.ts';
import { formatSize, formatSpeed, percentOf } from './quantity.ts';
import { renderFields, renderTable } from './table.ts';
import { formatAgo, formatDuration, formatMoment, parseHours, parseSeconds } from './time.ts';

test('sizes have three digits and a binary unit', () => {
  const cases = [
    [0, '0 B'],
    [999, '999 B'],
    [999.5, '1.00 kB'],
    [1536, '1.54 kB'],
    [10e6, '10.0 MB'],
    [999.4e6, '999 MB'],
    [500_107_862_016, '500 GB'],
    [80e15, '80.0 PB'],
  ] as const;
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
  assert.equal(formatSpeed(11.4e6), '11.4 MB/s');
});

test('rates are bytes or bits per second', () => {
  const cases = [
    ['50MB/s', 50e6],
    ['40mbit', 5e6],
    ['1 Gbit/s', 125e6],
    ['2.5Mbps', 312_500],
    ['512KiB/s', 524_288],
  ] as const;
  for (const [text, rate] of cases) assert.equal(parseRate(text), rate);
  for (const text of ['', 'fast', '0mbit', '-3mbit', '40 mbits per hour']) {
    assert.throws(() => parseRate(text), { code: 'not-understood' });
  }
});

test('waits are seconds or minutes', () => {
  assert.deepEqual(['0', '60', '90s', '2m', '1.5 min'].map(parseSeconds), [0, 60, 90, 120, 90]);
  assert.throws(() => parseSeconds('soon'), { code: 'not-understood' });
});

test('no size is longer than its column', () => {
  fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => formatSize(bytes).length <= 7));
});

test('100 % is said only of the whole', () => {
  assert.equal(percentOf(999, 1000), 99);
  assert.equal(percentOf(1000, 1000), 100);
  assert.equal(percentOf(0, 0), null);
});

test('durations and moments', () => {
  assert.deepEqual([5, 89, 372, 3599, 3900, 200_000].map(formatDuration), [
    'less than a minute',
    '1 min',
    '6 min',
    '1 h 00 min',
    '1 h 05 min',
    '2 days',
  ]);
  const now = Date.parse('2026-11-23T14:30:00Z');
  assert.equal(formatAgo('2026-11-23T14:29:40Z', now), 'just now');
  assert.equal(formatAgo('2026-11-23T14:24:00Z', now), '6 min ago');
  assert.equal(formatAgo(null, now), 'never');
  assert.equal(formatMoment('rubbish'), '');
});

test('a window may be given in minutes, hours or days', () => {
  assert.deepEqual(['8h', '8', ' 30m ', '90min', '2d', '1.5h'].map(parseHours), [8, 8, 0.5, 1.5, 48, 1.5]);
  for (const text of ['', 'x', '-1h', '0h', '8 weeks', '8h30']) {
    assert.throws(() => parseHours(text), { code: 'not-understood' });
  }
});

test('a table is aligned whatever is coloured, and drops empty columns', () => {
  const paint = painter(true);
  const rows = [
    { name: 'a', size: '9', note: '' },
    { name: paint('long', 'red'), size: '10', note: '' },
  ];
  const lines = renderTable(
    rows,
    [
      { title: 'NAME', cell: (row) => row.name },
      { title: 'SIZE', cell: (row) => row.size, align: 'right' },
      { title: 'NOTE', cell: (row) => row.note },
    ],
    painter(false),
  );
  assert.deepEqual(lines, ['NAME  SIZE', 'a        9', `${paint('long', 'red')}    10`]);
  assert.equal(columnsOf(paint('lång', 'bold')), 4);
});

test('a value with a line end stays in its row', () => {
  const [, row] = renderTable([{ a: 'x\ny' }], [{ title: 'A', cell: ({ a }) => a }], painter(false));
  assert.equal(row, 'x y');
  const fields = [['a', '1'] as const, ['empty', ''] as const];
  assert.deepEqual(renderFields(fields, painter(false)), ['  a  1']);
});

test('no control character of the wire reaches a terminal', () => {
  assert.equal(plainText('a\u001b[2Jb\u009bc\u0007\tz\n'), 'a\ufffd[2Jb\ufffdc\ufffd\tz\n');
  assert.equal(
    plainText('PC-\u202e70\u202c \u2066x\u2069 \u200fü עברית'),
    'PC-\ufffd70\ufffd \ufffdx\ufffd \ufffdü עברית',
  );
});
