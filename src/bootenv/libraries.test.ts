import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MimeoError } from '../errors.ts';
import { libraryClosure } from './libraries.ts';

const libraries = 'usr/lib/x86_64-linux-gnu';

test('libraries are followed to the end, and one that is missing is named', async (t) => {
  if (process.arch !== 'x64' || process.platform !== 'linux') return t.skip('needs x86-64 Linux');
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-lib-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, libraries), { recursive: true });
  await mkdir(join(folder, 'usr/lib64'), { recursive: true });
  await mkdir(join(folder, 'usr/bin'), { recursive: true });
  const program = join(folder, 'usr/bin/node');
  await cp(process.execPath, program);
  await cp('/lib64/ld-linux-x86-64.so.2', join(folder, 'usr/lib64/ld-linux-x86-64.so.2'), {
    dereference: true,
  });
  // Debian has it here too; programs name the other place.
  await cp('/lib64/ld-linux-x86-64.so.2', join(folder, libraries, 'ld-linux-x86-64.so.2'), {
    dereference: true,
  });
  const names = ['libdl.so.2', 'libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libpthread.so.0'];
  for (const name of names) {
    await cp(join('/lib/x86_64-linux-gnu', name), join(folder, libraries, name), { dereference: true });
  }
  await assert.rejects(libraryClosure(folder, [program]), (error) => {
    assert.ok(error instanceof MimeoError);
    assert.equal(error.code, 'bootenv-build');
    assert.match(error.message, /^usr\/bin\/node needs libc\.so\.6/);
    return true;
  });
  await cp('/lib/x86_64-linux-gnu/libc.so.6', join(folder, libraries, 'libc.so.6'), { dereference: true });
  const found = await libraryClosure(folder, [program]);
  assert.ok(found.includes('usr/lib64/ld-linux-x86-64.so.2'), 'the loader lies where programs name it');
  for (const name of [...names, 'libc.so.6']) assert.ok(found.includes(`${libraries}/${name}`), name);
});

test('a library that only another library needs is found', async (t) => {
  const program = '/usr/bin/mount';
  if (!existsSync(program) || !existsSync(join('/', libraries, 'libmount.so.1')))
    return t.skip('needs util-linux');
  const found = await libraryClosure('/', [program]);
  assert.ok(found.includes(`${libraries}/libmount.so.1`));
  assert.ok(found.includes(`${libraries}/libblkid.so.1`), 'needed by libmount alone');
});
