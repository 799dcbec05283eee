import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { run } from '../command.ts';
import { CHUNK_BYTES, chunkLength, type Filesystem, regionMasks, unusedRuns } from '../image/index.ts';
import { withNtfs } from './mount-ntfs.ts';
import { openDisk } from './open-disk.ts';
import { readContent } from './partition-content.ts';
import { blankFile, fillTree, hashTree, MIB, makeNtfs, scratch, viewOf } from './test-support/volumes.ts';
import { withLoop } from './with-loop.ts';

/**
 * The poison test: every block that a used map calls free is overwritten in a copy. If the map is right, the
 * filesystem does not notice.
 */
interface Volume {
  readonly name: string;
  readonly filesystem: Filesystem;
  readonly make: (path: string) => Promise<void>;
  /** Reads every file by the filesystem's own driver. */
  readonly hash: (path: string) => Promise<Map<string, string>>;
  readonly check: (path: string) => Promise<unknown>;
}

const SIZE = 48 * MIB;

function ntfs(name: string, ...options: string[]): Volume {
  return {
    name,
    filesystem: 'ntfs',
    make: async (path) => {
      await withNtfs(await makeNtfs(path, SIZE, options), { readOnly: false }, (root) => fillTree(root, 200));
    },
    hash: (path) => withNtfs(viewOf(path, SIZE), { readOnly: true }, hashTree),
    check: (path) => run(['ntfsfix', '--no-action', path]),
  };
}

function fat(bits: string, sectorsPerCluster: string): Volume {
  return {
    name: `FAT${bits}`,
    filesystem: 'fat',
    make: async (path) => {
      await blankFile(path, SIZE);
      await run(['mkfs.fat', '-F', bits, '-s', sectorsPerCluster, path]);
      const source = await mkdtemp(join(path, '..', 'tree-'));
      await fillTree(source, 60);
      await run(['mcopy', '-s', '-Q', '-i', path, `${source}/late.bin`, `${source}/folder 1`, '::']);
      await run(['mdel', '-i', path, '::late.bin']);
      await run(['mcopy', '-s', '-Q', '-i', path, `${source}/folder 2`, `${source}/sparse.bin`, '::']);
    },
    hash: async (path) => {
      const out = join(path, '..', 'out');
      await rm(out, { recursive: true, force: true });
      await mkdir(out);
      await run(['mcopy', '-s', '-n', '-Q', '-i', path, '::', out]);
      return hashTree(out);
    },
    check: (path) => run(['fsck.fat', '-n', path]),
  };
}

function ext(type: string, blockSize: string): Volume {
  const mounted = <T>(path: string, readOnly: boolean, use: (root: string) => Promise<T>): Promise<T> =>
    withLoop({ disk: path, startByte: 0, lengthBytes: SIZE, readOnly }, async (device) => {
      const root = await mkdtemp(join(path, '..', 'mount-'));
      await run(['mount', '-t', type, '-o', readOnly ? 'ro' : 'rw', device, root]);
      try {
        return await use(root);
      } finally {
        await run(['umount', root]);
      }
    });
  return {
    name: `${type} with blocks of ${blockSize}`,
    filesystem: 'ext',
    make: async (path) => {
      await blankFile(path, SIZE);
      await run([`mkfs.${type}`, '-q', '-b', blockSize, path]);
      await mounted(path, false, (root) => fillTree(root, 200));
    },
    hash: (path) => mounted(path, true, hashTree),
    check: (path) => run(['e2fsck', '-f', '-n', path]),
  };
}

const volumes: Volume[] = [
  ntfs('NTFS'),
  ntfs('NTFS with clusters of 512 bytes', '--cluster-size', '512'),
  ntfs('NTFS with clusters of 64 KiB', '--cluster-size', '65536'),
  fat('16', '4'),
  fat('32', '1'),
  ext('ext4', '4096'),
  ext('ext4', '1024'),
  ext('ext2', '1024'),
];

describe('poison', { concurrency: 4 }, () => {
  for (const volume of volumes) {
    test(`free blocks of ${volume.name} do not matter`, async (t) => {
      const path = join(await scratch(t), 'volume');
      await volume.make(path);
      const before = await volume.hash(path);
      assert.ok(before.size > 10);
      const poisoned = `${path}.poisoned`;
      await copyFile(path, poisoned);
      const share = await poison(poisoned, volume.filesystem);
      assert.ok(share > 0.3, `only ${Math.round(share * 100)} % of the volume counts as free`);
      await volume.check(poisoned);
      assert.deepEqual(await volume.hash(poisoned), before);
    });
  }
});

/** Overwrites what is free by the masks as an image would hold them; returns its share of the volume. */
async function poison(path: string, expected: Filesystem): Promise<number> {
  const view = viewOf(path, SIZE);
  await using disk = await openDisk(path, 'read');
  const { partition } = view;
  const content = await readContent(disk, partition);
  assert.equal(content.filesystem, expected);
  assert.deepEqual(content.warnings, []);
  const file = await open(path, 'r+');
  let free = 0;
  let i = 0;
  for (const mask of regionMasks(content.used, SIZE)) {
    for (const { start, length } of unusedRuns(mask, chunkLength(SIZE, i))) {
      await file.write(Buffer.alloc(length, 0xaa), 0, length, i * CHUNK_BYTES + start);
      free += length;
    }
    i++;
  }
  await file.close();
  return free / SIZE;
}
