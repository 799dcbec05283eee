import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import { loopsOver } from './loops.ts';
import { withNtfs } from './mount-ntfs.ts';
import { mounts } from './mounts.ts';
import { openDisk } from './open-disk.ts';
import { releaseDisk } from './release-disk.ts';
import { loopDisk } from './test-support/loop-disk.ts';
import { MIB, makeNtfs, scratch, viewOf } from './test-support/volumes.ts';

/** Mounts the volume, writes a file, says so, and never ends. */
const HOLDER = `
  import { writeFile } from 'node:fs/promises';
  const { withNtfs } = await import(process.argv[1]);
  await withNtfs(JSON.parse(process.argv[2]), { readOnly: false }, async (root) => {
    await writeFile(root + '/mine', 'kept');
    console.log('mounted');
    await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
  });
`;

test('what a killed agent left mounted is let go, and what it had written is kept', async (t) => {
  const folder = await scratch(t);
  const path = join(folder, 'disk');
  await makeNtfs(path, 32 * MIB);
  const device = await loopDisk(t, path);
  const view = { ...viewOf(device, 32 * MIB), disk: device };
  await mkdir(join(folder, 'tmp'));
  const source = new URL('./mount-ntfs.ts', import.meta.url).href;
  const args = ['--input-type=module', '-e', HOLDER, source, JSON.stringify(view)];
  const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: join(folder, 'tmp') } });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');

  const [loop = ''] = await loopsOver(device);
  await assert.rejects(openDisk(device, 'write'), { code: 'disk-busy' });
  const words = await releaseDisk(device);
  assert.deepEqual(
    words.map((line) => line.split(': ').at(-1)),
    ['unmounted', 'detached'],
  );
  assert.deepEqual(await loopsOver(device), []);
  assert.equal(
    (await mounts()).some((mount) => mount.source === loop && mount.folder.startsWith(folder)),
    false,
  );
  assert.deepEqual(await readdir(join(folder, 'tmp')), []);
  await using disk = await openDisk(device, 'write');
  assert.equal(disk.sizeBytes, 32 * MIB);
  const kept = await withNtfs(view, { readOnly: true }, (root) => readFile(join(root, 'mine'), 'utf8'));
  assert.equal(kept, 'kept');
});

test('a disk that a killed capture left write-protected can be written again', async (t) => {
  const path = join(await scratch(t), 'disk');
  await makeNtfs(path, 4 * MIB);
  const device = await loopDisk(t, path);
  await run(['blockdev', '--setro', device]);
  // The kernel would keep that for the next user of the loop device.
  const words = await releaseDisk(device);
  const { stdout } = await run(['blockdev', '--getro', device]);
  await run(['blockdev', '--setrw', device]);
  assert.equal(words.length, 1);
  assert.match(words[0] ?? '', /was still write-protected/);
  assert.equal(stdout.toString().trim(), '0');
  assert.deepEqual(await releaseDisk(device), [], 'nothing is left to do');
});

test('a plain file has nothing to be cleared away', async (t) => {
  const path = join(await scratch(t), 'disk');
  await makeNtfs(path, 4 * MIB);
  assert.deepEqual(await releaseDisk(path), []);
});

test('a folder that somebody else mounted it at stays', async (t) => {
  const folder = await scratch(t);
  const path = join(folder, 'disk');
  await makeNtfs(path, 16 * MIB);
  const device = await loopDisk(t, path);
  const mine = join(folder, 'mine');
  await mkdir(mine);
  const loop = (await run(['losetup', '--find', '--show', device])).stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', loop], { allowStatus: [0, 1] }));
  await run(['ntfs-3g', '-o', 'ro', loop, mine]);
  assert.equal((await releaseDisk(device)).length, 2);
  assert.deepEqual(await readdir(mine), []);
});
