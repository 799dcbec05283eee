import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import type { DiskLayout, PartitionLayout } from '../../image/index.ts';
import { encodeLayout, type TableWrite } from './encode-layout.ts';
import { gptLayouts, mbrLayouts } from './layout.arbitrary.ts';
import { readLayoutFrom } from './read-layout.ts';
import { refuseUnwritable } from './refuse-unwritable.ts';

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

test('two extended partitions are refused, also empty ones', async () => {
  const layout = logicalLayout([]);
  const writes = encodeLayout(layout);
  const sector0 = writes.at(-1)?.bytes;
  // The second slot as the first.
  sector0?.copyWithin(446 + 16, 446, 446 + 16);
  await assert.rejects(readLayoutFrom(diskOf(writes, layout)), { message: /two extended partitions/ });
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

const SECTOR = 512;

/** An MBR disk with one container and these logical partitions (first sector, sectors), in the order of their numbers. */
function logicalLayout(places: readonly (readonly [number, number])[], containerAt = 2048): DiskLayout {
  const partition = (number: number, start: number, count: number, type: string): PartitionLayout => ({
    number,
    startByte: start * SECTOR,
    lengthBytes: count * SECTOR,
    type,
    active: false,
    gpt: null,
  });
  return {
    table: 'mbr',
    diskBytes: 2 ** 20 * SECTOR,
    sectorBytes: SECTOR,
    diskId: '12345678',
    bootCode: Buffer.alloc(440),
    partitions: [
      partition(1, containerAt, 2 ** 20 - containerAt, '0F'),
      ...places.map(([start, count], i) => partition(5 + i, start, count, '83')),
    ],
  };
}

test('logical partitions that touch each other keep their places, in whatever order they are numbered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 4000 }),
      async (lengths, order, gap) => {
        let at = 2048 + Math.max(gap, lengths.length);
        const places = lengths.map((length): [number, number] => {
          at += length;
          return [at - length, length];
        });
        const shuffled = places.map((place) => ({ place, rank: order.next().value ?? 0 }));
        shuffled.sort((a, b) => a.rank - b.rank);
        const layout = logicalLayout(shuffled.map(({ place }) => place));
        const writes = encodeLayout(layout);
        for (const { offset } of writes.slice(0, -1)) {
          const sector = offset / SECTOR;
          assert.ok(
            !places.some(([start, count]) => sector >= start && sector < start + count),
            'in a partition',
          );
        }
        assert.equal(new Set(writes.map(({ offset }) => offset)).size, writes.length, 'one over another');
        assert.deepEqual(await readLayoutFrom(diskOf(writes, layout)), layout);
        await refuseUnwritable(layout);
      },
    ),
  );
});

test('what no table can say is refused in words', async () => {
  const refusals: [DiskLayout, RegExp][] = [
    [
      logicalLayout([
        [2049, 100],
        [2149, 100],
      ]),
      /no free sector before logical partition 6/,
    ],
    [logicalLayout([[2048, 100]]), /where the table of the logical partitions has to be/],
    [{ ...logicalLayout([]), bootCode: Buffer.alloc(3) }, /does not fit its field: boot code of 3 bytes/],
    [
      logicalLayout([
        [2100, 100],
        [2150, 100],
      ]),
      /partitions 5 and 6 that overlap/,
    ],
    [{ ...logicalLayout([[2100, 2 ** 20]]) }, /partition 5 that does not lie on it/],
    [logicalLayout([[2100, 2 ** 32]]), /does not fit its field/],
  ];
  for (const [layout, message] of refusals) {
    await assert.rejects(refuseUnwritable(layout), { code: 'table-unwritable', message });
  }
  const [gpt] = fc.sample(gptLayouts, { numRuns: 1, seed: 3 });
  assert.ok(gpt?.partitions[0]?.gpt);
  const named = (name: string): DiskLayout => ({
    ...gpt,
    partitions: gpt.partitions.map((one) => ({ ...one, gpt: one.gpt && { ...one.gpt, name } })),
  });
  await refuseUnwritable(named('x'.repeat(36)));
  await assert.rejects(refuseUnwritable(named('x'.repeat(37))), {
    code: 'table-unwritable',
    message: /would not read back/,
  });
});

test('an empty container hides what an older table left where its first one would be', async () => {
  const full = logicalLayout([[4096, 100]]);
  const empty = logicalLayout([]);
  const both = diskOf([...encodeLayout(full), ...encodeLayout(empty)], empty);
  assert.deepEqual(await readLayoutFrom(both), empty);
});
