import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLayout } from '../disk/index.ts';
import { applyMask, chunkIdOf, type ImageIndex } from '../image/index.ts';
import { deployDisk } from './deploy-disk.ts';
import { finishDisk } from './finish-disk.ts';
import { TargetChunks } from './target-chunk.ts';
import { backwards } from './test-support/backwards.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, patch, scratch } from './test-support/master.ts';
import { regionRecipes, syntheticImage } from './test-support/synthetic-image.ts';

const lives = new AbortController().signal;

/** The numbers of the image's chunks that the disk holds under their masks. */
async function heldChunks(path: string, index: ImageIndex): Promise<{ held: number; wanted: number }> {
  const bytes = await readFile(path);
  let [held, wanted] = [0, 0];
  for (const chunk of new TargetChunks(index, index.layout).all()) {
    const there = Buffer.from(bytes.subarray(chunk.offset, chunk.offset + chunk.length));
    applyMask(there, chunk.mask);
    wanted++;
    if (chunkIdOf(there) === chunk.id) held++;
  }
  return { held, wanted };
}

test('any image, on a disk with any past, cut short any number of times: untouched, then unbootable, at the end right', async (t) => {
  const folder = await scratch(t);
  await fc.assert(
    fc.asyncProperty(
      regionRecipes,
      fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom('of the disk', 'of its own'),
      async (recipes, cuts, blank, order) => {
        const depot = new Depot();
        const index = syntheticImage(recipes, depot);
        const disk = await blankFile(join(folder, 'disk'), index.layout.diskBytes);
        if (!blank) await patch(disk, 0, randomBytes(index.layout.diskBytes));
        const original = await readFile(disk);
        let touched = blank;
        const saved: Buffer[] = [];
        const deploy = (signal: AbortSignal) =>
          deployDisk({
            disk,
            index,
            layout: index.layout,
            source: order === 'of the disk' ? depot : backwards(depot),
            saveTable: (bytes) => {
              saved.push(bytes);
              return Promise.resolve();
            },
            onTouch: () => {
              touched = true;
            },
            signal,
            verify: true,
            inFlight: 2,
          });
        for (const cut of cuts) {
          const controller = new AbortController();
          const until = depot.fetches.length + cut;
          depot.answer = (frame, _, fetches) => {
            if (fetches >= until) controller.abort(new Error('cut'));
            return frame;
          };
          await deploy(controller.signal).catch((error: unknown) => assert.match(String(error), /cut/));
          const left = await readFile(disk);
          if (!touched) assert.ok(left.equals(original), 'not a byte has changed');
          else assert.ok(left.subarray(0, 512).every((byte) => byte === 0));
        }
        depot.answer = (frame) => frame;
        const report = await deploy(lives);
        const { held, wanted } = await heldChunks(disk, index);
        assert.equal(held, wanted);
        assert.equal(report.badChunks + report.rewrittenChunks, 0);
        assert.equal(saved.length === 0, blank);
        assert.ok(
          saved.every((bytes) => bytes.equals(saved[0] ?? bytes)),
          'it is always the old table',
        );
        await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
        await finishDisk({ disk, layout: index.layout });
        assert.deepEqual(await readLayout(disk), index.layout);
        assert.equal((await heldChunks(disk, index)).held, wanted);
      },
    ),
    { numRuns: 8 },
  );
});

test('a chunk that is all there already is not fetched, blocks that do not count are left alone', async (t) => {
  const depot = new Depot();
  const index = syntheticImage(
    [{ chunks: Array(12).fill({ fill: 7, use: 'some' }), lastSectors: 2048 }],
    depot,
  );
  const disk = await blankFile(join(await scratch(t), 'disk'), index.layout.diskBytes);
  // Every block holds the right byte, also those that are not used.
  await patch(disk, 512, Buffer.alloc(index.layout.diskBytes - 512, 7));
  const report = await deployDisk({
    disk,
    index,
    layout: index.layout,
    source: depot,
    saveTable: () => assert.fail('there is no table to save'),
    signal: lives,
    verify: true,
  });
  assert.equal(depot.fetches.length, 0);
  assert.equal(report.networkBytes + report.writtenBytes, 0);
  assert.ok((await readFile(disk)).subarray(512).every((byte) => byte === 7));
});
