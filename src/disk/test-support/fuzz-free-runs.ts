import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import type { FreeRunsReader } from '../used-runs.ts';
import { boundedReader, type VolumeReader } from '../volume-reader.ts';

/** A reader over bytes in memory, which refuses what lies outside them. */
export function memoryReader(volume: Buffer): VolumeReader {
  const read = (offset: number, length: number) => Promise.resolve(volume.subarray(offset, offset + length));
  return boundedReader(read, volume.length, 'the test');
}

/** More reads than any sound volume of this size needs: whoever makes them goes in circles. */
const MOST_READS = 20_000;

/**
 * Damages a volume at random places and reads its free space: that ends, either with runs inside the volume,
 * in order, or with a MimeoError.
 *
 * @param good it is changed while this runs, and as it was afterwards
 * @param options.where the bytes that are worth damaging
 * @param options.seal makes checksums right again, so that what is behind them is reached
 */
export async function fuzzFreeRuns(
  reader: FreeRunsReader,
  good: Buffer,
  options: { readonly where: readonly ByteRun[]; readonly numRuns: number; readonly seal?: () => void },
): Promise<{ readonly understood: number }> {
  const kept = options.where.map(({ start, length }) => Buffer.from(good.subarray(start, start + length)));
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      Uint8Array.of(0, 0, 0, 0),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0, 0, 0, 0x80),
    ),
  );
  const damage = fc
    .constantFrom(...options.where)
    .chain(({ start, length }) =>
      fc.record({ at: fc.integer({ min: start, max: start + length - 8 }), bytes }),
    );
  let understood = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
      for (const { at, bytes } of damages) good.set(bytes, at);
      options.seal?.();
      let reads = 0;
      const source = memoryReader(good);
      const read: VolumeReader = (offset, length) => {
        assert.ok(++reads < MOST_READS, 'it reads for ever');
        return source(offset, length);
      };
      try {
        let end = 0;
        for (const { start, length } of await reader(read, good.length)) {
          assert.ok(start >= end && length > 0, 'runs are not in order');
          end = start + length;
        }
        assert.ok(end <= good.length, 'a run ends outside the volume');
        understood++;
      } catch (error) {
        const expected =
          error instanceof MimeoError && ['volume-damaged', 'volume-dirty'].includes(error.code);
        if (!expected) throw error;
      } finally {
        for (const [i, { start }] of options.where.entries()) kept[i]?.copy(good, start);
        options.seal?.();
      }
    }),
    { numRuns: options.numRuns },
  );
  return { understood };
}
