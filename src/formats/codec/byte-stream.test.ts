import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteStream } from './byte-stream.ts';

async function* inParts(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

const sample = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 251));
const sizes = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 20 });

test('however the bytes come, they are read in order and counted', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, sizes, async (parts, reads) => {
      const stream = new ByteStream(inParts(sample, parts), 'file', false);
      let at = 0;
      for (const size of reads) {
        assert.equal(stream.position, at);
        const expected = sample.subarray(at, at + size);
        assert.deepEqual(Buffer.from(await stream.peek(size)), expected);
        if (at + size > sample.length) {
          const words = {
            code: 'import-damaged',
            message: /damaged at byte 300: it ends there, \d+ bytes before/,
          };
          await assert.rejects(stream.read(size, 'the sample'), words);
          return;
        }
        assert.deepEqual(Buffer.from(await stream.read(size, 'the sample')), expected);
        at += size;
      }
      assert.deepEqual(await stream.readUpTo(1000), sample.subarray(at));
      await stream.expectEnd();
    }),
    { numRuns: 60 },
  );
});

test('what follows an image is damage, unless it is zeros', async () => {
  const zeros = new ByteStream(inParts(Buffer.alloc(50), [7]), 'file', true);
  await zeros.read(10, 'it');
  await zeros.expectEnd();
  const more = new ByteStream(
    inParts(Buffer.concat([Buffer.alloc(50), Buffer.from('x')]), [9]),
    'file',
    true,
  );
  await more.read(10, 'it');
  await assert.rejects(more.expectEnd(), { message: /byte 50 \(counted in its decompressed content\)/ });
});
