/** Bad input that a real server process has to bear; the same functions run in `npm run torture`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labNeeds } from './needs.ts';
import { tortureAlteredChunk } from './torture/altered-chunk.ts';
import { tortureFullDisk } from './torture/full-disk.ts';
import { tortureManifests } from './torture/odd-manifests.ts';
import type { TortureResult } from './torture/tally.ts';

const skip = labNeeds('ip', 'dnsmasq', 'unshare', 'sfdisk', 'mkfs.ext4');
const options = { skip, timeout: 300_000 };

function assertKept({ failed, words }: TortureResult): void {
  assert.equal(failed, 0, words);
}

test('a data disk that is full in the middle of a capture', options, async () => {
  assertKept(await tortureFullDisk());
});

test('a chunk that was altered on the server’s disk', options, async () => {
  assertKept(await tortureAlteredChunk());
});

test('a manifest of ten thousand lines, and one that is a JPEG', options, async () => {
  assertKept(await tortureManifests());
});
