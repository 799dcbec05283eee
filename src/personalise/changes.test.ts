import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MimeoError } from '../errors.ts';
import { apply, recover } from './apply.ts';
import { fileBytes, locate } from './locate.ts';
import { readView } from './read-view.ts';
import { overwrite } from './remove.ts';
import { type Change, type Edit, isChange, type PosixAttributes } from './types.ts';
import { verify } from './verify.ts';

/** What can be done to a volume, tried on a folder: the kinds that Linux needs, and removal. */
async function volume(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-changes-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

const LINUX = { mindCase: true };
const MINE = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

function file(path: string, after: string, rest: Partial<Edit> = {}): Edit {
  return {
    path: path.split('/'),
    before: null,
    after: Buffer.from(after),
    why: 'a test',
    readers: 'everyone',
    ...rest,
  };
}

function refused(pattern: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof MimeoError && error.code === 'personalise-not-written' && pattern.test(error.message);
}

test('files, folders and links get the modes that a Linux system needs, and stay when nothing changes', async (t) => {
  const root = await volume(t);
  await writeFile(join(root, 'hostname'), 'master\n', { mode: 0o600 });
  const wanted: PosixAttributes = { mode: 0o644, ...MINE };
  const plan = async (): Promise<Change[]> => {
    const paths = [['hostname'], ['etc', 'ssh', 'key'], ['etc', 'ssh', '*']];
    const view = await readView(root, paths, LINUX);
    const edit = (path: readonly string[], after: string, attributes: PosixAttributes): Edit => {
      const { entry } = locate(view, path);
      return {
        path,
        before: fileBytes(view, path),
        after: Buffer.from(after),
        why: 'a test',
        readers: 'everyone',
        attributes,
        ...(entry?.attributes === undefined ? {} : { attributesBefore: entry.attributes }),
      };
    };
    const ssh = locate(view, ['etc', 'ssh']).entry;
    const time = locate(view, ['etc', 'localtime']).entry;
    return [
      edit(['hostname'], 'pc05\n', wanted),
      {
        kind: 'folder',
        path: ['etc', 'ssh'],
        exists: ssh !== null,
        readers: 'everyone',
        attributes: { mode: 0o711, ...MINE },
        ...(ssh?.attributes === undefined ? {} : { attributesBefore: ssh.attributes }),
        why: 'a test',
      },
      edit(['etc', 'ssh', 'key'], 'secret', { mode: 0o600, ...MINE }),
      {
        kind: 'link',
        path: ['etc', 'localtime'],
        before: time?.kind === 'file' ? (time.target ?? null) : null,
        target: '../usr/share/zoneinfo/Europe/Berlin',
        why: 'a test',
      },
    ];
  };
  const first = await apply(root, await plan(), LINUX);
  assert.equal(first.changed.length, 4);
  await verify(root, await plan(), LINUX);
  assert.equal((await stat(join(root, 'hostname'))).mode & 0o777, 0o644);
  assert.equal((await stat(join(root, 'etc', 'ssh'))).mode & 0o777, 0o711);
  assert.equal((await stat(join(root, 'etc', 'ssh', 'key'))).mode & 0o777, 0o600);
  assert.equal((await stat(join(root, 'etc'))).mode & 0o777, 0o755);
  assert.deepEqual((await plan()).filter(isChange), [], 'a second run has nothing to do');
  await assert.rejects(
    verify(root, [file('hostname', 'pc05\n', { attributes: { ...wanted, mode: 0o640 } })], LINUX),
    refused(/hostname has mode 0644/),
  );
});

test('names that differ by case are two on Linux and one in Windows', async (t) => {
  const root = await volume(t);
  await writeFile(join(root, 'Hostname'), 'other');
  const view = await readView(root, [['hostname']], LINUX);
  assert.equal(fileBytes(view, ['hostname']), null);
  await apply(root, [file('hostname', 'pc05')], LINUX);
  await verify(root, [file('hostname', 'pc05')], LINUX);
  await assert.rejects(verify(root, [file('hostname', 'pc05')]), refused(/is there twice/));
});

test('a link is replaced, never followed, and none leads out of the volume', async (t) => {
  const root = await volume(t);
  const outside = await volume(t);
  await writeFile(join(outside, 'machine-id'), 'of the server');
  await symlink(join(outside, 'machine-id'), join(root, 'machine-id'));
  await symlink(outside, join(root, 'etc'));

  const view = await readView(root, [['machine-id'], ['etc', 'machine-id']], LINUX);
  assert.equal(fileBytes(view, ['machine-id']), null);
  assert.deepEqual(locate(view, ['etc']).entry, { kind: 'file', name: 'etc', bytes: null, target: outside });
  await apply(root, [file('machine-id', '')], LINUX);
  assert.equal((await readFile(join(root, 'machine-id'))).length, 0);
  for (const change of [
    file('etc/machine-id', 'x'),
    file('etc/machine-id', 'x', { before: Buffer.from('of the server') }),
    { kind: 'removal', path: ['etc', 'machine-id'], why: 'a test', secret: true } as const,
    { kind: 'folder', path: ['etc', 'ssh'], exists: false, readers: 'everyone', why: 'a test' } as const,
  ]) {
    await assert.rejects(apply(root, [change], LINUX), refused(/^\/etc\/.*etc on its way is no folder/));
  }
  await apply(root, [{ kind: 'removal', path: ['etc'], why: 'a test', secret: true }], LINUX);
  assert.deepEqual(await readdir(outside), ['machine-id']);
  assert.equal(await readFile(join(outside, 'machine-id'), 'utf8'), 'of the server');
});

test('what is removed is gone, a second time too; what a later edit writes anew is judged there', async (t) => {
  const root = await volume(t);
  await mkdir(join(root, 'Panther', 'deep'), { recursive: true });
  await writeFile(join(root, 'Panther', 'deep', 'unattend.xml'), 'password');
  const removal: Change = { kind: 'removal', path: ['Panther'], why: 'a test', secret: true };
  await assert.rejects(verify(root, [removal]), refused(/\\Panther is still there/));
  await apply(root, [removal, { ...removal, path: ['not', 'there'] }]);
  await apply(root, [removal]);
  await verify(root, [removal]);
  assert.deepEqual(await readdir(root), []);

  const anew = [file('Panther/old.txt', 'old'), removal, file('Panther/new.txt', 'new')];
  await apply(root, anew);
  await verify(root, anew);
  assert.deepEqual(await readdir(join(root, 'Panther')), ['new.txt']);
});

test('a secret is overwritten where it stood before its file goes', async (t) => {
  const root = await volume(t);
  const path = join(root, 'secret');
  await writeFile(path, 'p'.repeat(200_000));
  await overwrite(path);
  assert.ok((await readFile(path)).equals(Buffer.alloc(200_000)));
  const link = join(root, 'link');
  await symlink(path, link);
  await assert.rejects(overwrite(link), /ELOOP/);
});

test('a link half-made before a power cut is cleared up', async (t) => {
  const root = await volume(t);
  await symlink('somewhere', join(root, 'localtime.mimeo-new'));
  await recover(root, []);
  assert.deepEqual(await readdir(root), []);
  await apply(root, [
    { kind: 'link', path: ['localtime'], before: 'x', target: 'here', why: 'a test' },
    { kind: 'link', path: ['localtime'], before: 'here', target: 'there', why: 'a test' },
  ]);
  assert.equal(await readlink(join(root, 'localtime')), 'there');
  await assert.rejects(
    verify(root, [{ kind: 'link', path: ['localtime'], before: null, target: 'here', why: 'a test' }]),
    refused(/reads back as there/),
  );
});
