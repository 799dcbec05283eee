import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BootFileCache, findBootFile, listBootFiles } from './boot-files.ts';

const files = new Map([['undionly.kpxe', '/boot/undionly.kpxe']]);

test('a name is found with the slashes that firmware puts before it', () => {
  for (const name of ['undionly.kpxe', '/undionly.kpxe', './undionly.kpxe']) {
    assert.equal(findBootFile(files, name), '/boot/undionly.kpxe');
  }
});

test('nothing climbs out', () => {
  const climbing = [
    '..',
    '../etc/passwd',
    '/etc/passwd',
    '..\\..\\boot.ini',
    '%2e%2e/etc/passwd',
    'boot/undionly.kpxe',
  ];
  climbing.push(
    '../boot/undionly.kpxe',
    '//undionly.kpxe',
    'undionly.kpxe/',
    'undionly.kpxe\0',
    '',
    '.',
    '/',
  );
  climbing.push('UNDIONLY.KPXE', '__proto__', 'constructor');
  for (const name of climbing) assert.equal(findBootFile(files, name), null, name);
  fc.assert(
    fc.property(fc.string(), (name) => {
      const found = findBootFile(files, name);
      assert.ok(found === null || found === '/boot/undionly.kpxe');
    }),
  );
});

test('a folder offers its regular files only; a link put in later is not followed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-boot-files-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'snponly.efi');
  await writeFile(path, 'one');
  await mkdir(join(folder, 'grub'));
  await symlink('/etc/passwd', join(folder, 'link'));
  assert.deepEqual([...(await listBootFiles(folder)).keys()], ['snponly.efi']);

  const cache = new BootFileCache();
  const first = await cache.read(path);
  assert.equal(first.toString(), 'one');
  assert.equal(await cache.read(path), first);
  await writeFile(path, 'another');
  assert.equal((await cache.read(path)).toString(), 'another');
  await assert.rejects(cache.read(join(folder, 'link')), { code: 'ELOOP' });
  await assert.rejects(cache.read(join(folder, 'grub')), /no regular file/);
});
