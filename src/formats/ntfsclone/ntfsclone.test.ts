import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BinaryWriter } from '../../binary.ts';
import { MimeoError } from '../../errors.ts';
import { ByteStream } from '../codec/byte-stream.ts';
import { NTFSCLONE_MAGIC, readNtfscloneHead } from './ntfsclone-head.ts';
import { readClusters } from './read-clusters.ts';

const CLUSTER = 512;

/** A run of clusters: content that begins with this byte, or a gap. */
type Run = { readonly count: number; readonly byte: number | null };

/** What ntfsclone 10.1 would write of a volume. */
function encode(runs: readonly Run[], tail: Buffer): { image: Buffer; volume: Buffer } {
  const clusters = runs.reduce((sum, { count }) => sum + count, 0);
  const used = runs.reduce((sum, { count, byte }) => sum + (byte === null ? 0 : count), 0);
  const volume = Buffer.alloc(clusters * CLUSTER + tail.length);
  const writer = new BinaryWriter().bytes(Buffer.from(`${NTFSCLONE_MAGIC}\n\x01`, 'latin1')).u32le(CLUSTER);
  writer.u64le(volume.length).u64le(clusters).u64le(used).u32le(56).zeros(6);
  let at = 0;
  for (const { count, byte } of runs) {
    if (byte === null) writer.u8(0).u64le(count);
    for (let i = 0; byte !== null && i < count; i++) {
      const content = Buffer.alloc(CLUSTER, (byte + i) & 0xff);
      content.copy(volume, (at + i) * CLUSTER);
      writer.u8(1).bytes(content);
    }
    at += count;
  }
  tail.copy(volume, at * CLUSTER);
  if (tail.length > 0) writer.u8(1).bytes(tail);
  return { image: writer.toBuffer(), volume };
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(image: Buffer, size = 4096): Promise<{ volume: Buffer; covered: number }> {
  const stream = new ByteStream(inPieces(image, size), 'image', false);
  const head = await readNtfscloneHead(stream);
  const volume = Buffer.alloc(Math.min(head.deviceBytes, 1 << 22));
  let [end, covered] = [0, 0];
  for await (const { offset, bytes } of readClusters(stream, head)) {
    assert.ok(offset >= end && offset + bytes.length <= head.deviceBytes);
    end = offset + bytes.length;
    covered += bytes.length;
    volume.set(
      Buffer.from(bytes).subarray(0, Math.max(0, volume.length - offset)),
      Math.min(offset, volume.length),
    );
  }
  await stream.expectEnd();
  return { volume, covered };
}

const anyRuns = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 20 }), byte: fc.option(fc.integer({ min: 1, max: 255 })) }),
  { minLength: 1, maxLength: 12 },
);
const anyTail = fc.uint8Array({ maxLength: CLUSTER }).map((bytes) => Buffer.from(bytes));

test('clusters come back where they were, however the file is read', async () => {
  await fc.assert(
    fc.asyncProperty(anyRuns, anyTail, fc.integer({ min: 1, max: 3000 }), async (runs, tail, size) => {
      const { image, volume } = encode(runs, tail);
      const decoded = await decode(image, size);
      assert.ok(decoded.volume.equals(volume));
    }),
    { numRuns: 60 },
  );
});

test('a shortened image is refused at the byte where it ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRuns,
      anyTail,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (runs, tail, share) => {
        const { image } = encode(runs, tail);
        const cut = image.subarray(0, Math.floor(image.length * share));
        await assert.rejects(decode(cut), {
          code: 'import-damaged',
          message: new RegExp(`at byte ${cut.length}:`),
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('whatever stands in the file, it is refused or read within its bounds', async () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(anyRuns, fc.array(change, { minLength: 1, maxLength: 5 }), async (runs, changes) => {
      const { image } = encode(runs, Buffer.alloc(100));
      // Most changes go where they decide something: into the head and the first commands.
      for (const { at, byte } of changes) image[16 + (at % Math.min(image.length - 16, 60))] = byte;
      await decode(image).catch((error: unknown) => {
        assert.ok(error instanceof MimeoError && error.code.startsWith('import-'), String(error));
      });
    }),
    { numRuns: 200 },
  );
});
