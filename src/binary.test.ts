import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { BinaryReader, BinaryWriter } from './binary.ts';

const kinds = ['u8', 'u16be', 'u32be', 'u16le', 'u32le', 'u64le'] as const;
const MAX = {
  u8: 0xff,
  u16be: 0xffff,
  u32be: 0xffff_ffff,
  u16le: 0xffff,
  u32le: 0xffff_ffff,
  u64le: Number.MAX_SAFE_INTEGER,
};

test('what is written is read again, however often the buffer grows', () => {
  const number = fc
    .constantFrom(...kinds)
    .chain((kind) => fc.tuple(fc.constant(kind), fc.integer({ min: 0, max: MAX[kind] })));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 200 }), fc.uint8Array({ maxLength: 100 }), (numbers, bytes) => {
      const writer = new BinaryWriter(16);
      for (const [kind, value] of numbers) writer[kind](value);
      writer.bytes(bytes).zeros(3);
      const reader = new BinaryReader(writer.toBuffer());
      for (const [kind, value] of numbers) assert.equal(reader[kind](), value);
      assert.deepEqual([...reader.bytes(bytes.length)], [...bytes]);
      assert.deepEqual([...reader.bytes(3)], [0, 0, 0]);
      assert.equal(reader.remaining, 0);
    }),
  );
});

test('nothing is read past the end, and the place is named', () => {
  const reader = new BinaryReader(Buffer.alloc(3), 1);
  assert.throws(() => reader.u32be(), /4 bytes wanted at offset 1, 2 left/);
  assert.equal(reader.offset, 1);
  assert.throws(() => reader.bytes(-1), RangeError);
});
