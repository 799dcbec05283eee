import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BLOCK_BYTES,
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  type ImageIndex,
  type ImageSource,
  isUsed,
  type Region,
  type SourceDisk,
  type SourcePiece,
} from '../image/index.ts';
import { fetchVerified } from './fetch-verified.ts';
import { importSource } from './import-source.ts';
import type { TransferProgress } from './ports.ts';
import { Depot } from './test-support/depot.ts';

const lives = new AbortController().signal;
const START = 1_048_576;

/** A gap before a piece, and the piece; the fill is never zero, so that a byte of it is told from none. */
interface PieceRecipe {
  readonly skip: number;
  readonly length: number;
  readonly fill: number;
}

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 3 * BLOCK_BYTES }),
  fc.integer({ min: 0, max: 3 * CHUNK_BYTES }),
  fc.integer({ min: 0, max: 600 }).map((blocks) => blocks * BLOCK_BYTES),
);
const pieceRecipes = fc.array(
  fc.record({ skip: lengths, length: lengths, fill: fc.integer({ min: 1, max: 255 }) }),
  { maxLength: 6 },
);

function piecesOf(recipes: readonly PieceRecipe[]): { pieces: SourcePiece[]; end: number } {
  const pieces: SourcePiece[] = [];
  let end = 0;
  for (const { skip, length, fill } of recipes) {
    pieces.push({ offset: end + skip, bytes: Buffer.alloc(length, fill) });
    end += skip + length;
  }
  return { pieces, end };
}

/** One partition of raw bytes per stream of pieces. */
function diskOf(streams: readonly (readonly SourcePiece[])[], regionBytes: number): SourceDisk {
  const place = (i: number) => ({ startByte: START + i * regionBytes, lengthBytes: regionBytes });
  return {
    layout: {
      table: 'mbr',
      diskBytes: START + streams.length * regionBytes,
      sectorBytes: 512,
      diskId: 'CAFE0002',
      bootCode: Buffer.alloc(440),
      partitions: streams.map((_, i) => ({
        number: i + 1,
        ...place(i),
        type: '83',
        active: false,
        gpt: null,
      })),
    },
    regions: streams.map((pieces, i) => ({
      kind: 'partition',
      partition: i + 1,
      filesystem: 'raw',
      label: '',
      ...place(i),
      usedBytes: i === 0 ? null : 1,
      read: () => oneBuffer(pieces),
    })),
  };
}

/** Every piece comes in the same buffer, which is no more than the contract promises. */
async function* oneBuffer(pieces: readonly SourcePiece[]): AsyncGenerator<SourcePiece> {
  const shared = Buffer.alloc(Math.max(0, ...pieces.map(({ bytes }) => bytes.length)));
  for (const { offset, bytes } of pieces) {
    shared.fill(0xee).set(bytes);
    await new Promise<void>((resolve) => setImmediate(resolve));
    yield { offset, bytes: shared.subarray(0, bytes.length) };
  }
}

function sourceOf(...disks: SourceDisk[]): ImageSource {
  return {
    disks,
    description: 'made up',
    warnings: ['Mind the gap.'],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const about = { name: 'imported', notes: 'n', createdAt: '2026-01-01T00:00:00Z', signal: lives };

/** A region's bytes as a reader of the image gets them, and which of its blocks count. */
async function contentOf(region: Region, depot: Depot): Promise<{ bytes: Buffer; used: boolean[] }> {
  const bytes = Buffer.alloc(region.lengthBytes);
  const used: boolean[] = [];
  for (let i = 0; i < region.chunks.count; i++) {
    const id = region.chunks.id(i);
    const length = chunkLength(region.lengthBytes, i);
    if (id !== null) (await fetchVerified(depot, { id, length }, lives)).copy(bytes, i * CHUNK_BYTES);
    for (let block = 0; block * BLOCK_BYTES < length; block++)
      used.push(isUsed(region.chunks.mask(i), block));
  }
  return { bytes, used };
}

async function assertHolds(index: ImageIndex, streams: readonly (readonly SourcePiece[])[], depot: Depot) {
  for (const [i, region] of index.regions.entries()) {
    const wanted = Buffer.alloc(region.lengthBytes);
    const used = Array.from({ length: Math.ceil(region.lengthBytes / BLOCK_BYTES) }, () => false);
    for (const { offset, bytes } of streams[i] ?? []) {
      wanted.set(bytes, offset);
      if (bytes.length === 0) continue;
      const last = Math.floor((offset + bytes.length - 1) / BLOCK_BYTES);
      for (let block = Math.floor(offset / BLOCK_BYTES); block <= last; block++) used[block] = true;
    }
    const found = await contentOf(region, depot);
    assert.ok(found.bytes.equals(wanted), `bytes of partition ${region.partition}`);
    assert.deepEqual(found.used, used);
  }
}

test('any stream of pieces becomes an image that holds those bytes, and exactly their blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(pieceRecipes, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 5000 }),
      async (recipes, tail) => {
        const streams = recipes.map(piecesOf);
        const regionBytes = Math.max(1, ...streams.map(({ end }) => end + tail));
        const pieces = streams.map((one) => one.pieces);
        const depot = new Depot();
        const progress: TransferProgress[] = [];
        const { index, warnings } = await importSource({
          ...about,
          source: sourceOf(diskOf(pieces, regionBytes)),
          sink: depot,
          onProgress: (report) => progress.push(report),
        });
        assert.deepEqual([index.version, index.name, index.notes], [0, 'imported', 'n']);
        assert.deepEqual(warnings, ['Mind the gap.']);
        assert.deepEqual(
          index.regions.map(({ chunks }) => chunks.count),
          pieces.map(() => chunkCount(regionBytes)),
        );
        await assertHolds(index, pieces, depot);
        assert.equal(new Set(depot.puts).size, depot.puts.length, 'nothing is put twice');
        const last = progress.at(-1) ?? assert.fail('no progress');
        assert.equal(last.doneBytes, last.totalBytes);
      },
    ),
    { numRuns: 12 },
  );
});

test('one byte makes its block used, and no other', async () => {
  for (const [offset, length, blocks] of [
    [4096, 1, [1]],
    [8191, 2, [1, 2]],
    [4096, 4097, [1, 2]],
    [CHUNK_BYTES - 1, 2, [255, 256]],
  ] as const) {
    const streams = [[{ offset, bytes: Buffer.alloc(length, 5) }]];
    const depot = new Depot();
    const source = sourceOf(diskOf(streams, 2 * CHUNK_BYTES));
    const { index } = await importSource({ ...about, source, sink: depot });
    await assertHolds(index, streams, depot);
    const [region] = index.regions;
    const used = region === undefined ? [] : (await contentOf(region, depot)).used;
    assert.deepEqual(
      used.flatMap((is, block) => (is ? [block] : [])),
      [...blocks],
    );
  }
});

test('pieces that overlap, come out of order or reach too far import nothing', async () => {
  const piece = (offset: number, length: number): SourcePiece => ({ offset, bytes: Buffer.alloc(length, 7) });
  const size = 2 * CHUNK_BYTES;
  for (const [pieces, message] of [
    [
      [piece(0, 4096), piece(4095, 10)],
      /^The image gives 10 bytes for byte 4095 of partition 1, after byte 4096/,
    ],
    [[piece(CHUNK_BYTES, 4096), piece(0, 10)], /for byte 0 of partition 1, after byte 1052672/],
    [
      [piece(size - 5, 6)],
      /6 bytes for byte 2097147 of partition 1, and reaches past its end at byte 2097152/,
    ],
    [[piece(-1, 1)], /for byte -1 of/],
    [[piece(0.5, 1)], /no place/],
    [[piece(Number.NaN, 1)], /no place/],
  ] as const) {
    const source = sourceOf(diskOf([pieces], size));
    await assert.rejects(importSource({ ...about, source, sink: new Depot() }), {
      code: 'import-damaged',
      message,
    });
  }
});

test('several disks become one image, the first of them its boot disk', async () => {
  const streams = [1, 2, 3].map((fill) => [{ offset: 4096, bytes: Buffer.alloc(9000, fill) }]);
  const depot = new Depot();
  const disks = streams.map((pieces) => diskOf([pieces], CHUNK_BYTES));
  const { index } = await importSource({ ...about, source: sourceOf(...disks), sink: depot });
  const images = [index, ...index.otherDisks];
  assert.equal(images.length, 3);
  for (const [i, image] of images.entries()) {
    assert.equal(image.layout, disks[i]?.layout);
    await assertHolds({ ...index, ...image }, [streams[i] ?? []], depot);
  }
});

test('damage that the source finds, a full sink and an abort end it; the source is not read on', async () => {
  const regionBytes = 400 * CHUNK_BYTES;
  let given = 0;
  const reading = (fault: (given: number) => void): ImageSource => {
    const disk = diskOf([[]], regionBytes);
    const read = async function* (): AsyncGenerator<SourcePiece> {
      for (given = 0; given < 400; given++) {
        fault(given);
        await Promise.resolve();
        yield { offset: given * CHUNK_BYTES, bytes: Buffer.alloc(100, given & 255) };
      }
    };
    return sourceOf({ ...disk, regions: disk.regions.map((region) => ({ ...region, read })) });
  };
  const broken = new Error('byte 12345 of sda1 is damaged');
  const source = reading((at) => {
    if (at === 100) throw broken;
  });
  await assert.rejects(importSource({ ...about, source, sink: new Depot() }), broken);

  const full = new Depot();
  full.put = () => Promise.reject(new Error('no room'));
  await assert.rejects(importSource({ ...about, source: reading(() => undefined), sink: full }), /no room/);
  assert.ok(given < 100, `${given} pieces were taken after the sink had failed`);

  const controller = new AbortController();
  const cut = reading((at) => {
    if (at === 60) controller.abort(new Error('cancelled'));
  });
  await assert.rejects(
    importSource({ ...about, source: cut, sink: new Depot(), signal: controller.signal }),
    /cancelled/,
  );
  assert.ok(given < 65, `${given} pieces were taken after the abort`);
});
