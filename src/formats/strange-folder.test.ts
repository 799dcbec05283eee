import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../command.ts';
import { openImport } from './open-import.ts';

const TABLE = (...lines: readonly string[]): string =>
  ['label: dos', 'label-id: 0x12345678', 'unit: sectors', '', ...lines, ''].join('\n');
const ONE = TABLE('/dev/sda1 : start=2048, size=1000, type=83');
const GIB = 2 ** 30;

/** A Clonezilla folder with these files, and what is said when it is imported. */
async function said(
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>>,
  change: (folder: string) => Promise<unknown> = async () => undefined,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-strange-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  await change(folder);
  return await openImport(folder, { signal: AbortSignal.timeout(5000) }).then(
    () => 'opened',
    (error: unknown) => String(error),
  );
}

test('a pipe or a folder in the place of a file is refused, not waited for', async (t) => {
  const files = { disk: 'sda\n', parts: 'sda1\n' };
  const pipe = await said(t, files, (folder) => run(['mkfifo', join(folder, 'sda-pt.sf')]));
  assert.match(pipe, /sda-pt\.sf is damaged .*a pipe/);
  const content = { ...files, 'sda-pt.sf': ONE };
  const piece = await said(t, content, (folder) => run(['mkfifo', join(folder, 'sda1.dd-img.aa')]));
  assert.match(piece, /sda1\.dd-img\.aa is damaged .*a pipe/);
  const inside = await said(t, content, (folder) => mkdir(join(folder, 'sda1.dd-img.aa')));
  assert.match(inside, /sda1\.dd-img\.aa is damaged .*a folder/);
});

test('no link in a folder, nor beside a file, is followed; the path that was named may be one', async (t) => {
  const outside = await mkdtemp(join(tmpdir(), 'mimeo-outside-'));
  t.after(() => rm(outside, { recursive: true, force: true }));
  const secret = join(outside, 'secret');
  await writeFile(secret, Buffer.alloc(512_000, 's'));
  const files = { disk: 'sda\n', parts: 'sda1\n', 'sda-pt.sf': ONE };
  for (const target of [secret, 'nowhere', 'disk']) {
    const link = (name: string) => (folder: string) => symlink(target, join(folder, name));
    assert.match(await said(t, files, link('sda1.dd-img.aa')), /sda1\.dd-img\.aa is a link/, target);
    assert.match(await said(t, files, link('sda-mbr')), /sda-mbr is a link/, target);
  }
  const image = join(outside, 'image');
  await mkdir(image);
  for (const [name, content] of Object.entries({ ...files, 'sda1.dd-img.aa': Buffer.alloc(512_000) }))
    await writeFile(join(image, name), content);
  const options = { signal: AbortSignal.timeout(5000) };
  await symlink(image, join(outside, 'named'));
  assert.equal((await openImport(join(outside, 'named'), options)).kind, 'source');
  const disk = Buffer.alloc(4096);
  disk.writeUInt16LE(0xaa55, 510);
  await writeFile(join(outside, 'disk.img'), disk);
  await symlink('disk.img', join(outside, 'disk'));
  await assert.rejects(openImport(join(outside, 'disk'), options), { message: /disk\.img holds neither/ });
  await symlink(secret, join(outside, 'disk.img.001'));
  await assert.rejects(openImport(join(outside, 'disk.img'), options), { message: /001 is a link/ });
});

test('what may not be read is told as such, with what to do', {
  skip: process.getuid?.() !== 0,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-closed-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ disk: 'sda\n', 'sda-pt.sf': ONE, 'disk.img': 'closed' }))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  const options = { signal: AbortSignal.timeout(5000) };
  const closed = { code: 'import-unknown', message: /You may not read/, next: /sudo/ };
  for (const mode of [0o755, 0o311]) {
    await chmod(folder, mode);
    process.seteuid?.(65_534);
    try {
      await assert.rejects(openImport(folder, options), closed);
      await assert.rejects(openImport(join(folder, 'disk.img'), options), closed);
    } finally {
      process.seteuid?.(0);
    }
  }
});

test('a partition that the table lost is missed, not left out', async (t) => {
  const image = Buffer.alloc(512_000);
  const files = { disk: 'sda\n', parts: 'sda1 sda2\n', 'sda-pt.sf': ONE, 'sda1.dd-img.aa': image };
  assert.match(await said(t, files), /sda-pt\.sf is damaged .*no sda2, which another file/);
  const swap = { ...files, parts: 'sda1\n', 'swappt-sda3.info': 'UUID=""\n' };
  assert.match(await said(t, swap), /sda-pt\.sf is damaged .*no sda3/);
  const second = await said(t, { ...files, parts: 'sda1 sdb1\n' });
  assert.match(second, /disk is damaged .*does not name the disk of sdb1/);
  const fog = { 'd1.partitions': ONE, 'd1p1.img': image, 'd1p2.img': image };
  assert.match(await said(t, fog), /d1p2\.img is damaged .*table of disk 1 does not have the partition/);
});

test('an image of a swap area says its UUID, and one too small for any is left alone', async (t) => {
  const swap = (sectors: number): string => TABLE(`/dev/sda1 : start=2048, size=${sectors}, type=82`);
  const files = { disk: 'sda\n', parts: 'sda1\n', 'sda-pt.sf': swap(4096) };
  for (const words of ['UUID="5', 'UVID=""', 'LABEL=""', 'UUID="4d1a7e26-6f6e-4b1c-9a55-0c7a90e1b2cX"'])
    assert.match(await said(t, { ...files, 'swappt-sda1.info': words }), /info is damaged .*UUID=/, words);
  assert.equal(await said(t, { ...files, 'swappt-sda1.info': 'UUID=""\nLABEL=""\n' }), 'opened');
  assert.equal(await said(t, { ...files, 'sda-pt.sf': swap(1) }), 'opened');
});

test('sectors of a disk that were cut are refused', async (t) => {
  const files = { disk: 'sda\n', 'sda-pt.sf': ONE, 'sda1.dd-img.aa': Buffer.alloc(512_000) };
  for (const name of ['sda-mbr', 'sda-hidden-data-after-mbr', 'sda-gpt-1st'])
    assert.match(
      await said(t, { ...files, [name]: Buffer.alloc(500) }),
      /damaged at byte 500: it ends/,
      name,
    );
  const fog = { 'd1.partitions': ONE, 'd1p1.img': Buffer.alloc(512_000) };
  assert.match(await said(t, { ...fog, 'd1.mbr': Buffer.alloc(5000) }), /damaged at byte 5000: it ends/);
});

test('files that are far too large for what they should be are not read into memory', async (t) => {
  const files = { disk: 'sda\n', parts: 'sda1\n', 'sda-pt.sf': ONE, 'sda1.dd-img.aa': Buffer.alloc(512_000) };
  for (const name of ['sda-pt.sf', 'sda-hidden-data-after-mbr', 'disk', 'luks-dev.list']) {
    const words = await said(t, { [name]: '', ...files }, (folder) => truncate(join(folder, name), 3 * GIB));
    assert.match(words, /is damaged at byte \d+: it has 3221225472 bytes/, name);
  }
});

test('more disks than an image has, and a disk named twice', async (t) => {
  const names = Array.from({ length: 17 }, (_, i) => `sd${String.fromCharCode(97 + i)}`);
  const tables = Object.fromEntries(names.map((name) => [`${name}-pt.sf`, ONE]));
  assert.match(await said(t, { disk: names.join(' '), ...tables }), /17 disks; an image has at most 16/);
  assert.match(await said(t, { disk: 'sda sda', 'sda-pt.sf': ONE }), /names sda twice/);
});

test('a partition that is larger than any image is refused before it is read', async (t) => {
  const size = 2 ** 38;
  const guid = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
  const table = [
    'label: gpt',
    `label-id: ${guid}`,
    'unit: sectors',
    `/dev/sda1 : start=2048, size=${size}, type=${guid}, uuid=${guid}`,
    '',
  ].join('\n');
  const words = await said(t, { disk: 'sda', 'sda-pt.sf': table, 'sda1.dd-img.aa': Buffer.alloc(4096) });
  assert.match(words, /an image holds at most 70368744177664/);
});
