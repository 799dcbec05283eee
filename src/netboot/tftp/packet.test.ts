import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { negotiate } from './negotiate.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from './packet.ts';

const word = fc.integer({ min: 0, max: 0xffff });
const textOf = (maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength, maxLength })
    .map((codes) => String.fromCharCode(...codes));
const options = fc
  .uniqueArray(fc.tuple(textOf(8, 1), textOf(8)), { maxLength: 5, selector: ([name]) => name.toLowerCase() })
  .map((entries) => new Map(entries.map(([name, value]) => [name.toLowerCase(), value])))
  // Lower case may join two names of Latin-1, and may leave Latin-1.
  .filter((map) => [...map.keys()].every((name) => Buffer.from(name, 'latin1').toString('latin1') === name));

const packets: fc.Arbitrary<TftpPacket> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('rrq' as const, 'wrq' as const),
      textOf(100),
      fc.constantFrom('octet', 'netascii'),
      options,
    )
    .map(([op, file, mode, given]) => ({ op, file, mode, options: given })),
  fc
    .tuple(word, fc.uint8Array({ maxLength: 1450 }))
    .map(([block, data]) => ({ op: 'data' as const, block, data: Buffer.from(data) })),
  word.map((block) => ({ op: 'ack' as const, block })),
  fc.tuple(word, textOf(50)).map(([code, message]) => ({ op: 'error' as const, code, message })),
  options.map((given) => ({ op: 'oack' as const, options: given })),
);

test('what was written is what is read', () => {
  fc.assert(fc.property(packets, (packet) => assert.deepEqual(decodeTftp(encodeTftp(packet)), packet)));
});

test('no bytes make it throw', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 600 }))
      .map(([op, bytes]) => Buffer.from([0, op, ...bytes])),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      const packet = decodeTftp(bytes);
      if (packet?.op === 'rrq') negotiate(packet.options, 1000);
    }),
    { numRuns: 1000 },
  );
});

test('what firmware really sends is understood', () => {
  // OVMF.
  const ovmf = Buffer.from(
    '\0\x01snponly.efi\0octet\0tsize\x000\0blksize\x001468\0windowsize\x004\0',
    'latin1',
  );
  assert.deepEqual(decodeTftp(ovmf), {
    op: 'rrq',
    file: 'snponly.efi',
    mode: 'octet',
    options: new Map([
      ['tsize', '0'],
      ['blksize', '1468'],
      ['windowsize', '4'],
    ]),
  });
  // A ROM that fills its request up to a fixed length, and one that leaves out the last NUL.
  const padded = Buffer.from(`\0\x01a\0OCTET\0${'\0'.repeat(40)}`, 'latin1');
  assert.deepEqual(decodeTftp(padded), { op: 'rrq', file: 'a', mode: 'octet', options: new Map() });
  assert.deepEqual(decodeTftp(Buffer.from('\0\x05\0\0', 'latin1')), { op: 'error', code: 0, message: '' });
  assert.equal(decodeTftp(Buffer.from('\0\x01name-without-mode\0', 'latin1')), null);
});

test('options: block size clamped to a frame, window to 16, nonsense declined', () => {
  const agree = (asked: Record<string, string>): [number, number, number, string] => {
    const terms = negotiate(new Map(Object.entries(asked)), 284_672);
    return [
      terms.blockSize,
      terms.windowSize,
      terms.timeoutMs,
      JSON.stringify(Object.fromEntries(terms.accepted)),
    ];
  };
  assert.deepEqual(agree({}), [512, 1, 1000, '{}']);
  assert.deepEqual(agree({ tsize: '0', blksize: '1468', windowsize: '4' }), [
    1450,
    4,
    1000,
    '{"blksize":"1450","tsize":"284672","windowsize":"4"}',
  ]);
  assert.deepEqual(agree({ blksize: '512', timeout: '3', windowsize: '64' }), [
    512,
    16,
    3000,
    '{"blksize":"512","timeout":"3","windowsize":"16"}',
  ]);
  assert.deepEqual(agree({ blksize: '7', timeout: '0', windowsize: '0', multicast: '' }), [
    512,
    1,
    1000,
    '{}',
  ]);
  assert.deepEqual(agree({ blksize: '65465', timeout: '256', windowsize: '-1' }), [512, 1, 1000, '{}']);
});
