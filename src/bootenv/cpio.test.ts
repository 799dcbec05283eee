import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import { writeCpio } from './cpio.ts';

test('a file is written as the newc format lays it down, byte for byte', () => {
  const archive = writeCpio([{ kind: 'file', path: 'ab', content: Buffer.from('hi'), mode: 0o755 }]);
  const head =
    '070701' + // magic
    '00000001' + // inode
    '000081ed' + // regular file, rwxr-xr-x
    '00000000' + // uid
    '00000000' + // gid
    '00000001' + // links
    '00000000' + // time
    '00000002' + // size
    '00000000'.repeat(4) + // devices
    '00000003' + // name length with its NUL
    '00000000'; // check
  assert.equal(archive.toString('latin1', 0, 110), head);
  assert.equal(archive.toString('latin1', 110, 116), 'ab\0\0\0\0', 'name, padded to four bytes');
  assert.equal(archive.toString('latin1', 116, 120), 'hi\0\0', 'content, padded to four bytes');
  assert.equal(archive.toString('latin1', 120, 126), '070701');
  assert.ok(archive.includes('TRAILER!!!\0'));
  assert.equal(archive.length % 512, 0);
});

test('cpio itself lists and unpacks what was written', async (t) => {
  if (!existsSync('/usr/bin/cpio') && !existsSync('/bin/cpio')) return t.skip('cpio is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-cpio-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const content = Buffer.from(Array.from({ length: 70_001 }, (_, index) => (index * 31) % 256));
  const archive = writeCpio([
    { kind: 'folder', path: 'bin' },
    { kind: 'file', path: 'bin/tool', content, mode: 0o755 },
    { kind: 'file', path: 'empty', content: Buffer.alloc(0) },
    { kind: 'link', path: 'sbin', target: 'bin' },
  ]);
  const { stdout } = await run(['cpio', '-t', '--quiet'], { input: archive });
  assert.equal(stdout.toString(), 'bin\nbin/tool\nempty\nsbin\n');
  await run(['cpio', '-i', '--quiet'], { input: archive, cwd: folder });
  assert.deepEqual(await readFile(join(folder, 'bin/tool')), content);
  assert.equal((await stat(join(folder, 'bin/tool'))).mode & 0o777, 0o755);
  assert.equal((await stat(join(folder, 'empty'))).size, 0);
  assert.equal(await readlink(join(folder, 'sbin')), 'bin');
});

test('absolute and empty paths are refused', () => {
  for (const path of ['/etc/passwd', '']) {
    assert.throws(() => writeCpio([{ kind: 'folder', path }]), RangeError);
  }
});
