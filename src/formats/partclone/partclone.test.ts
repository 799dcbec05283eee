import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ChunkTableBuilder,
  chunkCount,
  chunkLength,
  emptyMask,
  markUsed,
  type Region,
} from '../../image/index.ts';
import { ByteStream } from '../codec/byte-stream.ts';
import { readBlockMap } from './block-map.ts';
import { partcloneCrc, readPartcloneHead, V2_HEAD_BYTES } from './partclone-head.ts';
import { readBlocks } from './read-blocks.ts';
import { stripChecksumOf } from './strip-checksum.ts';
import { writePartclone } from './write-partclone.ts';

const signal = new AbortController().signal;
const CHUNK_OF_ONES = 'a'.repeat(64);

/** A region some of whose blocks are used; each used one holds its own number. */
function regionOf(lengthBytes: number, used: readonly boolean[]): Region {
  const builder = new ChunkTableBuilder();
  for (let i = 0; i < chunkCount(lengthBytes); i++) {
    const mask = emptyMask();
    const length = chunkLength(lengthBytes, i);
    let any = false;
    for (let block = 0; block * 4096 < length; block++) {
      if (used[i * 256 + block] !== true) continue;
      markUsed(mask, block * 4096, Math.min(length, (block + 1) * 4096));
      any = true;
    }
    builder.append(any ? CHUNK_OF_ONES : null, mask, any ? 1 : 0);
  }
  const rest = { kind: 'partition', partition: 1, filesystem: 'ntfs', label: '', startByte: 0 } as const;
  return { ...rest, lengthBytes, chunks: builder.build() };
}

/** What every chunk holds in these tests. */
const chunk = (_id: string, length: number): Promise<Buffer> => Promise.resolve(Buffer.alloc(length, 0x5a));

async function written(region: Region): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of writePartclone(region, chunk, signal)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Offsets and lengths of what is read, neighbours joined; throws what the reader throws. */
async function read(image: Buffer): Promise<{ start: number; end: number }[]> {
  const stream = new ByteStream(once(image), 'image', false);
  const head = await readPartcloneHead(stream);
  const map = await readBlockMap(stream, head);
  const runs: { start: number; end: number }[] = [];
  let strange = false;
  for await (const { offset, bytes } of readBlocks(stream, head, map, 0)) {
    strange ||= bytes.some((byte) => byte !== 0x5a);
    const last = runs.at(-1);
    if (last?.end === offset) last.end += bytes.length;
    else runs.push({ start: offset, end: offset + bytes.length });
  }
  await stream.expectEnd();
  assert.ok(!strange);
  return runs;
}

const regions = fc
  .record({
    sectors: fc.integer({ min: 1, max: 5000 }),
    used: fc.array(fc.boolean(), { minLength: 1, maxLength: 700 }),
  })
  .map(({ sectors, used }) => ({ lengthBytes: sectors * 512, used }));

test('what is written is read again: the used blocks, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(regions, async ({ lengthBytes, used }) => {
      const expected: { start: number; end: number }[] = [];
      for (let start = 0; start < lengthBytes; start += 4096) {
        if (used[start / 4096] !== true) continue;
        const end = Math.min(lengthBytes, start + 4096);
        const last = expected.at(-1);
        if (last?.end === start) last.end = end;
        else expected.push({ start, end });
      }
      assert.deepEqual(await read(await written(regionOf(lengthBytes, used))), expected);
    }),
    { numRuns: 25 },
  );
});

test('any flipped bit and any cut is refused as damage', async () => {
  const image = await written(regionOf(40 * 4096, [true, false, true, true, false, false, false, true]));
  await fc.assert(
    fc.asyncProperty(fc.nat(image.length * 8 - 1), fc.nat(image.length - 1), async (bit, length) => {
      const flipped = Buffer.from(image);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The version of the tool and the terminator of the magic are only covered by the head's checksum, as all.
      await assert.rejects(read(flipped), { code: 'import-damaged' });
      await assert.rejects(read(image.subarray(0, length)), { code: 'import-damaged' });
    }),
    { numRuns: 150 },
  );
});

test('a bitmap that names as many blocks but other ones is refused', async () => {
  const image = await written(regionOf(40 * 4096, [true, false, true]));
  image.writeUInt8(0b11, V2_HEAD_BYTES);
  await assert.rejects(read(image), { code: 'import-damaged', message: /byte 115: its bitmap/ });
});

test('a head of any numbers is refused as damage or read, and never takes more memory than it can fill', async () => {
  const image = await written(regionOf(4096, [true]));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(V2_HEAD_BYTES - 37),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      async (at, bytes) => {
        const head = Buffer.from(image.subarray(0, V2_HEAD_BYTES));
        head.set(bytes.subarray(0, 106 - Math.min(105, 36 + at)), Math.min(105, 36 + at));
        head.writeUInt32LE(partcloneCrc(head.subarray(0, 106)), 106);
        const stream = new ByteStream(once(head), 'image', false);
        try {
          const parsed = await readPartcloneHead(stream);
          assert.ok(parsed.blockBytes > 0 && Number.isSafeInteger(parsed.blocks * parsed.blockBytes));
        } catch (error) {
          assert.ok(
            error instanceof Error && 'code' in error && error.code === 'import-damaged',
            String(error),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('checksums that go on from strip to strip, of each kind', async () => {
  const blocks = [0, 1, 2, 3, 4, 5, 6].map((i) => Buffer.alloc(512, i + 1));
  for (const [mode, size] of [
    ['none', 0],
    ['crc32', 4],
    ['xxh64', 8],
    ['xxh128', 16],
  ] as const) {
    for (const reseed of [true, false]) {
      const about = { version: 2, filesystem: 'raw', deviceBytes: 3584, blocks: 7, blockBytes: 512 } as const;
      const head = {
        ...about,
        checksum: mode,
        checksumBytes: size,
        blocksPerChecksum: 3,
        reseed,
        bitmap: 'none',
      } as const;
      const checksum = stripChecksumOf(head);
      const parts = blocks.flatMap((block, i) => {
        checksum?.update(block);
        const ends = i % 3 === 2 || i === 6;
        const digest = ends && checksum !== null ? [checksum.digest()] : [];
        if (ends && reseed) checksum?.reset();
        return [block, ...digest];
      });
      const stream = new ByteStream(once(Buffer.concat(parts)), 'image', false);
      const pieces: number[] = [];
      for await (const { bytes } of readBlocks(stream, head, { bits: null, blocks: 7 }, 0))
        pieces.push(bytes.length);
      await stream.expectEnd();
      assert.equal(
        pieces.reduce((sum, length) => sum + length, 0),
        3584,
      );
    }
  }
});
