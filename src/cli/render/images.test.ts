import assert from 'node:assert/strict';
import { test } from 'node:test';
import { painter } from '../format/paint.ts';
import { NOW } from '../testing/run.ts';
import { sampleImage } from '../testing/samples.ts';
import { badVerify, sampleDiff, sampleJob, sampleStore, sampleUses } from '../testing/store-samples.ts';
import { renderDiff } from './image-diff.ts';
import { renderUses } from './image-uses.ts';
import { renderBroken, renderImage, renderImages } from './images.ts';
import { renderJob, renderStore } from './store.ts';

const plain = painter(false);

function golden(lines: readonly string[], expected: string): void {
  assert.equal(lines.join('\n'), expected.trim());
}

test('the difference of two versions, and what it costs', () => {
  golden(
    renderDiff(sampleDiff, plain),
    `
win-xp@2 → win-xp@3
! Partition 1 had 80 bytes, and has 90.
PARTITION    FILE SYSTEM   SAME (CHUNKS)       CHANGED  ONLY win-xp@2  ONLY win-xp@3  TO FETCH
boot loader  raw             1.05 MB (1)             -              -              -       0 B
1            fat → ntfs   9.44 GB (9000)  315 MB (300)              -   21.0 MB (20)    334 MB

An upgrade from win-xp@2 to win-xp@3 fetches 334 MB; going back fetches 305 MB.
`,
  );
});

test('what would be deleted, and who would notice', () => {
  assert.deepEqual(renderUses(sampleUses, plain).slice(2), [
    'Its labels go too: approved.',
    '! the manifest gives PC-07 win-xp, which would mean win-xp@2 then',
    '! the manifest gives PC-08 win-xp@3, which would mean nothing any more',
  ]);
});

test('the store, and its jobs', () => {
  golden(
    renderStore(sampleStore, NOW, plain),
    `
Store
  images      1 with 3 versions
  stored      4.29 GB in 9216 chunks; each version alone would come to 12.0 GB
  free        500 GB
  quarantine  3.00 MB in 3 chunks
  looked at   2026-11-20 03:00 (3 days ago)

JOB  WHAT             BY     BEGAN             STATE
j-1  verify win-xp@3  admin  2026-11-23 14:00  running: 100 of 9216 chunks
`,
  );
  assert.deepEqual(renderJob(sampleJob(), plain), ['verify win-xp@3 j-1: running: 100 of 9216 chunks']);
  golden(
    renderJob(badVerify, plain),
    `
win-xp@3 is NOT whole: of 9216 chunks, 1 damaged, 1 missing.
chunk 0123456789ab is damaged: win-xp@3, partition 1, from byte 104857600 on
chunk 0123456789ab is damaged: win-xp@3, disk 2, the boot loader before the first partition, from byte 0 on
chunk fedcba987654 was missing and is healed; no image needs it
    → Capture or import an image with the same content again: that puts its chunks back.
`,
  );
});

test('an image that is not whole is marked wherever it is shown', () => {
  const broken = { ...sampleImage, lostChunks: 2 };
  const words = 'win-xp@3 is NOT whole: 2 chunks lost. See where: mimeo image verify win-xp@3';
  assert.deepEqual(renderBroken([sampleImage, broken, { ...sampleImage, lostChunks: null }], plain), [
    `! ${words}`,
  ]);
  assert.equal(renderImage(broken, plain)[1], words);
  assert.doesNotMatch(renderImage(sampleImage, plain).join(), /whole/);
  const brokenImages = [{ name: 'win-xp', version: 3, lostChunks: 2, foundAt: '2026-11-20T03:00:00Z' }];
  assert.match(
    renderStore({ ...sampleStore, brokenImages }, NOW, plain).join('\n'),
    /not whole: win-xp@3, 2 chunks lost, found .* ago\. See where: mimeo image verify win-xp@3/,
  );
});

test('a garbage collection that leaves something says how to have the room at once', () => {
  const none = { chunks: 0, bytes: 0 };
  const ended = (young: typeof none): string => {
    const garbage = { ...none, quarantined: none, waiting: none, young, restored: 0 };
    const outcome = { words: 'Done.', sound: true, ...none, faults: [], damagedImages: [], garbage };
    return renderJob(sampleJob({ kind: 'gc', image: null, status: 'done', outcome }), plain).join('\n');
  };
  assert.equal(ended(none), 'Done.');
  assert.match(ended({ chunks: 1, bytes: 5 }), /mimeo store gc --now/);
});

test('of an image of several disks each has its size', () => {
  const disk = (image: typeof sampleImage): string =>
    renderImage(image, plain).find((line) => line.startsWith('  disk')) ?? '';
  assert.match(disk(sampleImage), /80\.0 GB, MBR$/);
  const two = { ...sampleImage, diskSizes: [40_000_000_000, 500_000_000_000] };
  assert.match(disk(two), /40\.0 GB \+ 500 GB, the first MBR$/);
  assert.match(renderImages([two], plain).join('\n'), / {2}40\.0 GB \+ 500 GB {2}/);
});
