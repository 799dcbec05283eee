import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { run } from '../command.ts';
import type { SourcePiece } from '../image/index.ts';
import { ImportFile } from './codec/import-file.ts';
import { rawImage } from './raw-image.ts';
import { regionOf } from './region-of.ts';
import { watchBytes } from './watch-bytes.ts';

const BYTES = 16 * 2 ** 20;

const lacksMkntfs = await run(['mkntfs', '--version']).then(
  () => false,
  () => 'mkntfs is not here',
);

test('the label of an NTFS volume is known when the stream has been read', {
  skip: lacksMkntfs,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-label-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'volume');
  for (const label of ['Größe 大', '']) {
    await writeFile(path, '');
    await truncate(path, BYTES);
    await run(['mkntfs', '--fast', '--quiet', '--force', '--label', label, path]);
    const image = rawImage(await ImportFile.open([path]), BYTES);
    const signal = AbortSignal.timeout(5000);
    const place = { partition: 1, startByte: 2 ** 20, lengthBytes: BYTES, path };
    const { region } = await regionOf(image, place, signal);
    for await (const _ of region.read(signal));
    assert.equal(region.filesystem, 'ntfs');
    assert.equal(region.label, label);
  }
});

test('watched bytes are told however the stream is cut, and only when all came', async () => {
  const content = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  async function* cut(sizes: readonly number[], lost: number): AsyncGenerator<SourcePiece> {
    let offset = 0;
    for (const [i, size] of [...sizes, content.length].entries()) {
      const bytes = content.subarray(offset, offset + size);
      if (i !== lost && bytes.length > 0) yield { offset, bytes };
      offset += bytes.length;
    }
  }
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 });
  const place = fc.record({ start: fc.nat(200), length: fc.integer({ min: 1, max: 50 }) });
  await fc.assert(
    fc.asyncProperty(
      sizes,
      place,
      fc.integer({ min: -1, max: 12 }),
      async (cuts, { start, length }, lost) => {
        const wanted = content.subarray(start, start + length);
        const came: number[] = [];
        const seen: Buffer[] = [];
        for await (const { bytes } of watchBytes(cut(cuts, lost), { start, length }, (all) => seen.push(all)))
          came.push(...bytes);
        const whole = [...wanted].every((byte) => came.includes(byte));
        const expected = whole && wanted.length === length ? [wanted] : [];
        assert.deepEqual(seen.map(String), expected.map(String));
      },
    ),
  );
});
