import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
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
  const lost = await said(t, content, (folder) => symlink('nowhere', join(folder, 'sda1.dd-img.aa')));
  assert.match(lost, /sda1\.dd-img\.aa is damaged .*could not be opened/);
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
