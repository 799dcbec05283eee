import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventStreamParser } from './event-stream.ts';

const STREAM = [
  ': connected\n\n',
  'id: 1\nevent: task\ndata: {"a":1}\n\n',
  'id: 2\r\nevent: host\r\ndata: first\r\ndata:  second\r\n\r\n',
  'data\n\n',
  'event: lonely\n\n',
  'id: 3\rdata: old Mac\r\r',
].join('');

const MESSAGES = [
  { id: '1', event: 'task', data: '{"a":1}' },
  { id: '2', event: 'host', data: 'first\n second' },
  { id: '2', event: 'message', data: '' },
  { id: '3', event: 'message', data: 'old Mac' },
];

test('comments, line ends, fields without data', () => {
  const parser = new EventStreamParser();
  // The last carriage return could be half of a line end: only more text tells.
  assert.deepEqual([...parser.push(STREAM), ...parser.push(':')], MESSAGES);
});

test('however a stream is cut into pieces, the messages are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: STREAM.length }), { maxLength: 20 }), (cuts) => {
      const parser = new EventStreamParser();
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
      assert.deepEqual(
        [...pieces, ':'].flatMap((piece) => parser.push(piece)),
        MESSAGES,
      );
    }),
  );
});
