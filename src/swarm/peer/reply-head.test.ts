import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseReplyHead } from './reply-head.ts';

const parse = (text: string): ReturnType<typeof parseReplyHead> =>
  parseReplyHead(Buffer.from(text, 'latin1'));

test('the head of a reply with a body of a stated length', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: now: or never\r\n\r\nhello';
  assert.deepEqual(parse(text), { status: 200, length: 5, keeps: true, bytes: text.length - 5 });
  assert.deepEqual(parse('HTTP/1.1 403 Forbidden\r\ncontent-length:0\r\nConnection: Close\r\n\r\n'), {
    status: 403,
    length: 0,
    keeps: false,
    bytes: 63,
  });
});

test('what leaves a doubt is wrong', () => {
  const heads = [
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n',
    'HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n',
    'SSH-2.0-OpenSSH\r\n\r\n',
    'x'.repeat(4096),
  ];
  for (const head of heads) assert.equal(parse(head), 'wrong', head);
});

test('a part of a head needs more, and no bytes at all throw', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
  for (let i = 0; i < head.length; i++) assert.equal(parse(head.slice(0, i)), null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseReplyHead(Buffer.from(bytes))),
  );
});
