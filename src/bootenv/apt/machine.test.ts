import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { chooseMirror, machineSources } from './machine.ts';

async function aptFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-apt-'));
  await mkdir(join(folder, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('sources of both formats are read, switched-off files are not', async (t) => {
  const folder = await aptFolder({
    'sources.list': 'deb http://one.example/debian bookworm main\n',
    'sources.list.d/b.sources': 'Types: deb\nURIs: http://two.example/x\nSuites: s\nComponents: main\n',
    'sources.list.d/a.list': 'deb http://three.example/x t main\n',
    'sources.list.d/c.list.disabled': 'deb http://four.example/x u main\n',
  });
  t.after(() => rm(folder, { recursive: true, force: true }));
  const uris = (await machineSources(folder)).map((source) => source.uri);
  assert.deepEqual(uris, ['http://one.example/debian', 'http://three.example/x', 'http://two.example/x']);
  assert.equal((await chooseMirror(undefined, folder)).main, 'http://one.example/debian');
  assert.equal((await chooseMirror('http://own.example/debian', folder)).main, 'http://own.example/debian');
});

test('a machine without a Debian mirror is told to name one', async (t) => {
  const folder = await aptFolder({
    'sources.list.d/ubuntu.sources':
      'Types: deb\nURIs: http://u.example/ubuntu\nSuites: noble noble-updates\nComponents: main\n',
  });
  t.after(() => rm(folder, { recursive: true, force: true }));
  await assert.rejects(chooseMirror(undefined, folder), (error) => {
    assert.ok(error instanceof MimeoError);
    assert.equal(error.code, 'no-debian-mirror');
    assert.match(error.next, /--mirror/);
    return true;
  });
});
