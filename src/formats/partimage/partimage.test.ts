import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BinaryWriter } from '../../binary.ts';
import { MimeoError } from '../../errors.ts';
import { ByteStream } from '../codec/byte-stream.ts';
import { readPartimageHead } from './partimage-head.ts';
import { readData } from './read-data.ts';
import { SummedStream } from './summed-stream.ts';
import { PARTIMAGE_MAGIC } from './volumes.ts';

const BLOCK = 4096;
const HEADER = 16_384;

function checked(fill: (block: Buffer) => void): Buffer {
  const block = Buffer.alloc(HEADER + 4);
  fill(block);
  const sum = block.subarray(0, HEADER).reduce((total, byte) => total + (byte < 128 ? byte : byte - 256), 0);
  block.writeUInt32LE(sum >>> 0, HEADER);
  return block;
}

/** What partimage 0.6 would write of a partition whose used blocks are filled with their own number. */
function encode(used: readonly boolean[]): { image: Buffer; volume: Buffer } {
  const volume = Buffer.alloc(used.length * BLOCK);
  const map = Buffer.alloc(Math.ceil(used.length / 8) + 16);
  const writer = new BinaryWriter(1 << 16);
  const text = (words: string): BinaryWriter => writer.bytes(Buffer.from(words, 'latin1'));
  text(PARTIMAGE_MAGIC).zeros(16);
  text('0.6.1').zeros(512 - 37);
  writer.bytes(
    checked((block) => {
      block.write('ntfs');
      block.write('/dev/hda1', 4608);
      block.writeBigUInt64LE(BigInt(volume.length), 9592);
      block.writeUInt32LE(2048, 9796);
    }),
  );
  text('MAGIC-BEGIN-MBRBACKUP');
  for (let i = 0; i < 10; i++) text(`MAGIC-BEGIN-EXT00${i}`).u32le(0);
  text('MAGIC-BEGIN-LOCALHEADER').bytes(
    checked((block) => {
      [BLOCK, used.filter(Boolean).length, used.length, map.length].forEach((value, i) => {
        block.writeBigUInt64LE(BigInt(value), i * 8);
      });
    }),
  );
  for (const [i, one] of used.entries()) if (one) map[i >> 3] = (map[i >> 3] ?? 0) | (1 << (i & 7));
  text('MAGIC-BEGIN-BITMAP').bytes(map);
  text('MAGIC-BEGIN-INFO').bytes(checked(() => undefined));
  text('MAGIC-BEGIN-DATABLOCKS');
  let strip: Buffer[] = [];
  for (const [i, one] of used.entries()) {
    if (!one) continue;
    const content = Buffer.alloc(BLOCK, i + 1);
    content.copy(volume, i * BLOCK);
    writer.bytes(content);
    strip.push(content);
    if (strip.length < 65_536 / BLOCK) continue;
    text('CHK\0')
      .u32le(crc32(Buffer.concat(strip)))
      .u64le(i);
    strip = [];
  }
  text('MAGIC-BEGIN-TAIL');
  const sum = writer
    .toBuffer()
    .subarray(512)
    .reduce((total, byte) => total + byte, 0);
  writer.u64le(sum).zeros(HEADER - 8);
  return { image: writer.toBuffer(), volume };
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(image: Buffer, size = 65_536): Promise<Buffer> {
  const summed = new SummedStream(new ByteStream(inPieces(image, size), 'image', false));
  const head = await readPartimageHead(summed);
  assert.ok(head.blocks * head.blockBytes < 1 << 24);
  const volume = Buffer.alloc(head.blocks * head.blockBytes);
  let end = 0;
  for await (const { offset, bytes } of readData(summed, head)) {
    assert.ok(offset >= end && offset + bytes.length <= volume.length);
    end = offset + bytes.length;
    volume.set(bytes, offset);
  }
  return volume;
}

const anyBlocks = fc.array(fc.boolean(), { minLength: 1, maxLength: 90 });

test('blocks come back where they were, however the file is read', async () => {
  await fc.assert(
    fc.asyncProperty(anyBlocks, fc.integer({ min: 100, max: 70_000 }), async (used, size) => {
      const { image, volume } = encode(used);
      assert.ok((await decode(image, size)).equals(volume));
    }),
    { numRuns: 25 },
  );
});

test('one wrong byte anywhere is refused', async () => {
  await fc.assert(
    fc.asyncProperty(anyBlocks, fc.nat(), fc.integer({ min: 1, max: 255 }), async (used, at, flip) => {
      const { image } = encode(used);
      // Between the volume's head and the sum in the tail; what follows that is filling.
      const place = 512 + (at % (image.length - 512 - (HEADER - 8)));
      image[place] = (image[place] ?? 0) ^ flip;
      await assert.rejects(decode(image), (error: unknown) => {
        return error instanceof MimeoError && error.code.startsWith('import-');
      });
    }),
    { numRuns: 60 },
  );
});

test('a shortened image is refused at the byte where it ends', async () => {
  await fc.assert(
    fc.asyncProperty(anyBlocks, fc.double({ min: 0, max: 0.999, noNaN: true }), async (used, share) => {
      const { image } = encode(used);
      const cut = image.subarray(0, Math.floor(image.length * share));
      await assert.rejects(decode(cut), {
        code: 'import-damaged',
        message: new RegExp(`at byte ${cut.length}:`),
      });
    }),
    { numRuns: 30 },
  );
});
