import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import type { DiskLayout } from '../../image/index.ts';
import { encodeLayout, type TableWrite } from './encode-layout.ts';
import { gptLayouts, mbrLayouts } from './layout-arbitrary.ts';
import { readLayoutFrom } from './read-layout.ts';

/** A disk that holds nothing but the given writes; the rest reads as zeros. */
function diskOf(writes: readonly TableWrite[], layout: Pick<DiskLayout, 'diskBytes' | 'sectorBytes'>) {
  return {
    name: 'the disk',
    sizeBytes: layout.diskBytes,
    sectorBytes: layout.sectorBytes,
    read: (offset: number, length: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(length);
      for (const write of writes) {
        const from = Math.max(offset, write.offset);
        const to = Math.min(offset + length, write.offset + write.bytes.length);
        if (from < to) write.bytes.copy(bytes, from - offset, from - write.offset, to - write.offset);
      }
      return Promise.resolve(bytes);
    },
  };
}

for (const [name, layouts] of Object.entries({ MBR: mbrLayouts, GPT: gptLayouts })) {
  test(`an ${name} layout reads back as it was written`, async () => {
    await fc.assert(
      fc.asyncProperty(layouts, async (layout) => {
        assert.deepEqual(await readLayoutFrom(diskOf(encodeLayout(layout), layout)), layout);
      }),
    );
  });

  test(`an ${name} disk has no table until its very last sector is written`, async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.nat(), async (layout, cut) => {
        const writes = encodeLayout(layout);
        assert.equal(writes.at(-1)?.offset, 0);
        const some = writes.slice(0, cut % writes.length);
        await assert.rejects(readLayoutFrom(diskOf(some, layout)), { code: 'table-unreadable' });
      }),
    );
  });
}

test('a GPT with a damaged first copy is read from its backup', async () => {
  await fc.assert(
    fc.asyncProperty(gptLayouts, fc.nat(), async (layout, at) => {
      const writes = encodeLayout(layout).map(({ offset, bytes }) => {
        const copy = Buffer.from(bytes);
        const isMain = offset === layout.sectorBytes;
        if (isMain) copy[at % 92] = (copy[at % 92] ?? 0) ^ 0x40;
        return { offset, bytes: copy };
      });
      assert.deepEqual(await readLayoutFrom(diskOf(writes, layout)), layout);
    }),
  );
});

test('a GPT with damaged entries in both copies is refused', async () => {
  const [layout] = fc.sample(gptLayouts, { numRuns: 1, seed: 7 });
  assert.ok(layout);
  const writes = encodeLayout(layout).map(({ offset, bytes }) => {
    const copy = Buffer.from(bytes);
    if (bytes.length >= 16_384) copy[300] = (copy[300] ?? 0) ^ 1;
    return { offset, bytes: copy };
  });
  await assert.rejects(readLayoutFrom(diskOf(writes, layout)), /both copies are damaged/);
});

test('a hybrid table is refused with words', async () => {
  const [layout] = fc.sample(gptLayouts, { numRuns: 1, seed: 8 });
  assert.ok(layout);
  const writes = encodeLayout(layout);
  const sector0 = writes.at(-1)?.bytes;
  sector0?.writeUInt8(0x07, 446 + 16 + 4);
  sector0?.writeUInt32LE(2048, 446 + 16 + 8);
  sector0?.writeUInt32LE(2048, 446 + 16 + 12);
  await assert.rejects(readLayoutFrom(diskOf(writes, layout)), /hybrid table/);
});

test('a chain of logical partitions that runs in a circle ends', async () => {
  const [layout] = fc.sample(
    mbrLayouts.filter(({ partitions }) => partitions.filter(({ number }) => number >= 5).length === 2),
    { numRuns: 1, seed: 9 },
  );
  assert.ok(layout);
  const writes = encodeLayout(layout);
  // The second EBR leads back to the first.
  const second = writes[1]?.bytes;
  second?.writeUInt8(0x05, 446 + 16 + 4);
  second?.writeUInt32LE(0, 446 + 16 + 8);
  second?.writeUInt32LE(100, 446 + 16 + 12);
  await assert.rejects(readLayoutFrom(diskOf(writes, layout)), /chain of logical partitions is broken/);
});

test('random bytes are a layout or refused, never anything else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(60_000), fc.uint8Array({ minLength: 1, maxLength: 200 }))),
      fc.constantFrom(mbrLayouts, gptLayouts).chain((layouts) => layouts),
      async (damage, layout) => {
        const writes = encodeLayout(layout);
        const noise = damage.map(([offset, bytes]) => ({ offset, bytes: Buffer.from(bytes) }));
        const disk = diskOf([...writes, ...noise], layout);
        try {
          const read = await readLayoutFrom(disk);
          for (const { startByte, lengthBytes } of read.partitions) {
            assert.ok(startByte >= layout.sectorBytes && startByte + lengthBytes <= layout.diskBytes);
          }
        } catch (error) {
          assert.ok(error instanceof MimeoError && error.code === 'table-unreadable', String(error));
        }
      },
    ),
  );
});
