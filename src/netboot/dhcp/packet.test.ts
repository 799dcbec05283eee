import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientOf } from './client.ts';
import { OPTION } from './options.ts';
import { type DhcpPacket, decodeDhcp, encodeDhcp, macOf } from './packet.ts';
import { discover } from './sample.ts';

const byte = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 0xffff });
const address = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
const bytesOf = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength, size: 'max' }).map((bytes) => Buffer.from(bytes));
const nameOf = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));

const packets: fc.Arbitrary<DhcpPacket> = fc.record({
  op: byte,
  htype: byte,
  hlen: fc.integer({ min: 0, max: 16 }),
  hops: byte,
  xid: fc.integer({ min: 0, max: 0xffffffff }),
  secs: word,
  flags: word,
  ciaddr: address,
  yiaddr: address,
  siaddr: address,
  giaddr: address,
  chaddr: bytesOf(16, 16),
  sname: nameOf(63),
  file: nameOf(127),
  options: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 254 }), bytesOf(0, 700)), {
      selector: ([code]) => code,
      maxLength: 12,
    })
    .map((entries) => new Map(entries.filter(([code]) => code !== OPTION.overload))),
});

test('what was written is what is read, long options included', () => {
  fc.assert(
    fc.property(packets, (packet) => {
      const read = decodeDhcp(encodeDhcp(packet));
      assert.deepEqual(read, { ...packet });
    }),
  );
});

test('no bytes make it throw, and what it reads can be written again', () => {
  const wild = fc.oneof(
    bytesOf(0, 700),
    // A valid packet with some bytes changed, and cut: gets deeper than noise does.
    fc
      .tuple(packets, fc.array(fc.tuple(fc.nat(900), byte), { maxLength: 8 }), fc.nat(1200))
      .map(([packet, changes, length]) => {
        const bytes = encodeDhcp(packet);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes.subarray(0, length);
      }),
  );
  fc.assert(
    fc.property(wild, (bytes) => {
      const packet = decodeDhcp(bytes);
      if (packet === null) return;
      clientOf(packet);
      const again = decodeDhcp(encodeDhcp({ ...packet, sname: '', file: '' }));
      assert.deepEqual(again?.options, packet.options);
    }),
    { numRuns: 500 },
  );
});

test('a packet has at least 300 bytes, and option 82 comes last', () => {
  const bytes = encodeDhcp({
    ...discover(),
    options: new Map([
      [OPTION.relayAgent, Buffer.from('relay')],
      [OPTION.messageType, Buffer.of(1)],
    ]),
  });
  assert.equal(bytes.length, 300);
  assert.equal(bytes.toString('hex', 236, 252), '6382536335010152' + '0572656c6179ff00');
});

test('option 52 makes options of the file and sname fields, joined in that order', () => {
  const bytes = encodeDhcp({ ...discover(), sname: '', file: '', options: new Map() });
  const put = (at: number, hex: string): void => {
    Buffer.from(hex, 'hex').copy(bytes, at);
  };
  put(240, '340103' + '430161' + 'ff'); // overload both; option 67 "a"
  put(108, '430162' + 'ff'); // file field: "b"
  put(44, '430163' + '4d0178' + 'ff'); // sname field: "c", and option 77 "x"
  const packet = decodeDhcp(bytes);
  assert.equal(packet?.options.get(OPTION.bootFile)?.toString(), 'abc');
  assert.equal(packet?.options.get(OPTION.userClass)?.toString(), 'x');
  assert.equal(packet?.options.has(OPTION.overload), false);
  assert.equal(packet?.file, '');
  assert.equal(packet?.sname, '');
});

test('truncated, cookie-less and overlong packets are refused', () => {
  const good = encodeDhcp(discover());
  assert.equal(decodeDhcp(good.subarray(0, 239)), null);
  const noCookie = Buffer.from(good);
  noCookie[236] = 0;
  assert.equal(decodeDhcp(noCookie), null);
  const longAddress = Buffer.from(good);
  longAddress[2] = 17;
  assert.equal(decodeDhcp(longAddress), null);
  // An option whose length byte is past the end.
  assert.equal(decodeDhcp(Buffer.concat([good.subarray(0, 240), Buffer.of(60, 9, 1)])), null);
  assert.equal(decodeDhcp(Buffer.concat([good.subarray(0, 240), Buffer.of(60)])), null);
});

test('a name that does not fit its field is refused', () => {
  assert.throws(() => encodeDhcp({ ...discover(), file: 'x'.repeat(128) }), RangeError);
});

test('the MAC is that of an Ethernet card only', () => {
  assert.equal(macOf(discover()), '52:54:00:12:34:56');
  assert.equal(macOf({ ...discover(), htype: 32 }), null);
  assert.equal(macOf({ ...discover(), hlen: 16 }), null);
});
