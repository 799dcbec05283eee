import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, MIB, makeNtfs, scratch } from '../test-support/volumes.ts';
import { minimumPartitionBytes } from './minimum-size.ts';
import { shrinkPartitionFile } from './shrink-partition-file.ts';

const name = 'partition 2 of win';

test('an NTFS volume shrinks in its file, whose end is cut', hasTools('ntfsresize', 'mkntfs'), async (t) => {
  const path = join(await scratch(t), 'ntfs');
  await makeNtfs(path, 64 * MIB);
  const least = await minimumPartitionBytes(path, 'ntfs');
  assert.ok(least < 16 * MIB && least > 0, String(least));
  await shrinkPartitionFile({ path, filesystem: 'ntfs', toBytes: 24 * MIB, name });
  assert.equal((await stat(path)).size, 24 * MIB);
  const { stdout } = await run(['ntfsresize', '--info', path]);
  assert.match(stdout.toString(), /Current device size: 25165824 bytes/);
});

test(
  'an ext4 shrinks in its file; fewer bytes than its files need are refused',
  hasTools('resize2fs', 'mke2fs'),
  async (t) => {
    const folder = await scratch(t);
    const [path, tree] = [join(folder, 'ext'), join(folder, 'tree')];
    await mkdir(tree);
    await writeFile(join(tree, 'data'), randomBytes(12 * MIB));
    await blankFile(path, 64 * MIB);
    await run(['mke2fs', '-q', '-t', 'ext4', '-d', tree, path]);
    await assert.rejects(shrinkPartitionFile({ path, filesystem: 'ext', toBytes: 8 * MIB, name }), {
      code: 'disk-too-small',
      message: /^The files in partition 2 of win need a partition of \d+ MB, it was to have 8 MB\.$/,
    });
    await shrinkPartitionFile({ path, filesystem: 'ext', toBytes: 32 * MIB, name });
    assert.equal((await stat(path)).size, 32 * MIB);
  },
);

test(
  'a partition of any number of sectors, as Windows XP made them',
  hasTools('ntfsresize', 'mkntfs', 'resize2fs', 'mke2fs'),
  async (t) => {
    const folder = await scratch(t);
    const [ntfs, ext] = [join(folder, 'ntfs'), join(folder, 'ext')];
    const [from, to] = [64 * MIB - 31 * 512, 24 * MIB - 31 * 512];
    await makeNtfs(ntfs, from);
    await shrinkPartitionFile({ path: ntfs, filesystem: 'ntfs', toBytes: to, name });
    const volume = await readFile(ntfs);
    assert.equal(volume.length, to);
    assert.ok(volume.subarray(-512).equals(volume.subarray(0, 512)), 'the copy of the boot sector ends it');
    await blankFile(ext, from);
    await run(['mke2fs', '-q', '-t', 'ext4', '-b', '1024', ext]);
    await shrinkPartitionFile({ path: ext, filesystem: 'ext', toBytes: to, name });
    assert.equal((await stat(ext)).size, to);
    await run(['e2fsck', '-fn', ext]);
  },
);

test('a damaged filesystem is refused with the words of the tool', hasTools('ntfsresize'), async (t) => {
  const path = await blankFile(join(await scratch(t), 'nothing'), 32 * MIB);
  await assert.rejects(shrinkPartitionFile({ path, filesystem: 'ntfs', toBytes: 16 * MIB, name }), {
    code: 'command-failed',
    message: /ntfsresize/,
  });
});
