import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { run } from '../../../src/command.ts';
import { MimeoError } from '../../../src/errors.ts';
import type { ByteRun } from '../../../src/image/index.ts';
import { labNeeds } from '../../needs.ts';
import { lvmTools } from './lvm-tools.ts';
import { blankVolume, contentOf, MIB, scratch } from './volume-map.ts';

interface Volume {
  readonly name: string;
  readonly bytes: number;
  readonly make: (file: string) => Promise<unknown>;
  /** Where a change hurts. */
  readonly places: readonly ByteRun[];
}

const XFS_BYTES = 300 * MIB;
/** mkfs.xfs makes four groups; each starts with four sectors of headers, and its trees follow. */
const XFS_PLACES = [0, XFS_BYTES / 4].flatMap((start) => [
  { start, length: 2048 },
  { start: start + 4096, length: 4096 * 4 },
]);

const VOLUMES: readonly Volume[] = [
  {
    name: 'ext2',
    bytes: 24 * MIB,
    make: (file) => run(['mke2fs', '-q', '-F', '-t', 'ext2', '-b', '1024', file]),
    places: [
      { start: 1024, length: 1024 },
      { start: 2048, length: 96 },
      { start: 64 * 1024, length: 8192 },
    ],
  },
  {
    name: 'ext4 without a checksum over its superblock',
    bytes: 24 * MIB,
    make: (file) =>
      run(['mke2fs', '-q', '-F', '-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,uninit_bg', file]),
    places: [
      { start: 1024, length: 1024 },
      { start: 2048, length: 256 },
    ],
  },
  {
    name: 'XFS version 5',
    bytes: XFS_BYTES,
    make: (file) => run(['mkfs.xfs', '-q', file]),
    places: XFS_PLACES,
  },
  {
    name: 'XFS version 4, without checksums',
    bytes: XFS_BYTES,
    make: (file) => run(['mkfs.xfs', '-q', '-m', 'crc=0,finobt=0,reflink=0', file]),
    places: XFS_PLACES,
  },
  {
    name: 'swap',
    bytes: 4 * MIB,
    make: (file) => run(['mkswap', file]),
    places: [{ start: 1024, length: 3072 }],
  },
];

const change = fc.record({
  place: fc.nat(),
  offset: fc.nat(),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.constantFrom(0, 0xff).map((byte) => new Uint8Array(4).fill(byte)),
  ),
});
const changes = fc.array(change, { minLength: 1, maxLength: 3 });
const RUNS = 100;
const SLOWEST_MS = 5_000;

for (const { name, bytes, make, places } of VOLUMES) {
  test(`${name} with wrong bytes is mapped, stored whole or refused`, {
    skip: labNeeds('mke2fs', 'mkfs.xfs', 'mkswap'),
  }, async (t) => {
    const file = await blankVolume(join(await scratch(t), 'volume'), bytes);
    await make(file);
    await survives(file, bytes, places);
  });
}

test('a physical volume with wrong bytes is mapped, stored whole or refused', {
  skip: labNeeds('lvm', 'mke2fs', 'mkfs.xfs', 'mkswap'),
}, async (t) => {
  const bytes = 64 * MIB;
  const file = await blankVolume(join(await scratch(t), 'volume'), bytes);
  const { lvm, devices } = await lvmTools(t, [file]);
  await lvm('vgcreate', 'g', ...devices);
  await lvm('lvcreate', '-an', '-Zn', '-Wn', '-L', '20M', '-n', 'root', 'g');
  await run(['sync']);
  await survives(file, bytes, [
    { start: 512, length: 512 },
    { start: 4096, length: 512 },
    { start: 4608, length: 4096 },
  ]);
});

/** Never hangs, never reads outside, and says what it says in Mimeo's words. */
async function survives(file: string, bytes: number, places: readonly ByteRun[]): Promise<void> {
  await contentOf(file);
  await using handle = await open(file, 'r+');
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      const undo: { at: number; bytes: Buffer }[] = [];
      for (const { place, offset, bytes: wrong } of list) {
        const { start, length } = places[place % places.length] ?? { start: 0, length: 1 };
        undo.unshift(await overwrite(handle, start + (offset % length), wrong));
      }
      const began = performance.now();
      try {
        const { used } = await contentOf(file);
        let end = 0;
        for (const run of used) {
          assert.ok(run.length > 0 && run.start >= end, 'runs are in order');
          end = run.start + run.length;
        }
        assert.ok(end <= bytes);
      } catch (error) {
        assert.ok(error instanceof MimeoError && error.code.startsWith('volume-'), String(error));
      } finally {
        for (const each of undo) await overwrite(handle, each.at, each.bytes);
      }
      assert.ok(performance.now() - began < SLOWEST_MS, 'it took too long');
    }),
    { numRuns: RUNS },
  );
}

async function overwrite(
  handle: FileHandle,
  at: number,
  bytes: Uint8Array,
): Promise<{ at: number; bytes: Buffer }> {
  const old = Buffer.alloc(bytes.length);
  await handle.read(old, 0, old.length, at);
  await handle.write(bytes, 0, bytes.length, at);
  return { at, bytes: old };
}
