import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, MIB, scratch, viewOf } from '../test-support/volumes.ts';
import { growFilesystem } from './grow-filesystem.ts';

const root = process.getuid?.() === 0;

test('ext grows to its partition, also when asked twice', {
  skip: !root && 'needs root for loop devices',
}, async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 64 * MIB);
  await run(['mke2fs', '-q', '-t', 'ext4', path, '16M']);
  const view = viewOf(path, 64 * MIB);
  assert.deepEqual(await growFilesystem(view, 'ext'), []);
  assert.deepEqual(await growFilesystem(view, 'ext'), []);
  const { stdout } = await run(['dumpe2fs', '-h', path]);
  const [count, size] = [/^Block count:\s+(\d+)/m, /^Block size:\s+(\d+)/m].map((field) =>
    Number(field.exec(stdout.toString())?.[1]),
  );
  assert.equal((count ?? 0) * (size ?? 0), 64 * MIB);
});

test('a filesystem that cannot be mounted and grown here is a warning, no failure', {
  skip: !root && 'needs root for loop devices',
  ...(root ? hasTools('mount') : {}),
}, async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 300 * MIB);
  const [warning] = await growFilesystem(viewOf(path, 300 * MIB), 'xfs');
  assert.match(
    warning ?? '',
    /^Partition 1 is larger now, its filesystem is not: "xfs_growfs" on that machine/,
  );
  assert.equal((await run(['losetup', '--associated', path])).stdout.toString(), '');
});

test('what cannot grow is left alone', async () => {
  assert.deepEqual(await growFilesystem(viewOf('/nowhere', MIB), 'fat'), []);
});
