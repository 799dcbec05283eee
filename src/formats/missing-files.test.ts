import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MimeoError } from '../errors.ts';
import type { ImportOptions } from './import.ts';
import { openImport } from './open-import.ts';

const MSR = 'E3C9E316-0B5C-4DB8-817D-F92DF00215AE';
const DATA = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
const GUID = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const SWAP = '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F';
const SWAP_UUID = '4d1a7e26-6f6e-4b1c-9a55-0c7a90e1b2c3';

/** A table of partitions of 1 MiB, 1, 2, … of these types. */
function table(label: 'dos' | 'gpt', ...types: readonly string[]): string {
  const id = label === 'gpt' ? GUID : '0x12345678';
  const lines = types.map((type, i) => {
    const uuid = label === 'gpt' ? `, uuid=${GUID.slice(0, -1)}${i}` : '';
    return `/dev/sda${i + 1} : start=${2048 * (i + 1)}, size=2048, type=${type}${uuid}`;
  });
  return ['label: '.concat(label), `label-id: ${id}`, 'unit: sectors', '', ...lines, ''].join('\n');
}

type Files = Readonly<Record<string, string | Buffer>>;

/** What importing a folder with these files, or one of them, says and advises; the warnings when it opens. */
async function said(
  t: TestContext,
  files: Files,
  name = '',
  more: Partial<ImportOptions> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-missing-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  const options = { signal: AbortSignal.timeout(5000), ...more };
  try {
    const opened = await openImport(join(folder, name), options);
    if (opened.kind === 'disk') return 'opened a disk';
    const regions = opened.source.disks.flatMap((disk) => disk.regions);
    for (const region of regions) for await (const _ of region.read(options.signal));
    return `opened: ${opened.source.warnings.join(' ')}`;
  } catch (error) {
    if (!(error instanceof MimeoError)) throw error;
    return `${error.code}: ${error.message} ${error.next}`;
  }
}

/** What partclone makes of 2048 empty blocks, version 2: a head with a mark, enough to be known and refused. */
const CUT_PARTCLONE = Buffer.concat([Buffer.from('partclone-image\x000.3.27', 'latin1'), Buffer.alloc(20)]);

test('a FOG folder that lost the image of a partition is refused by the name of the file', async (t) => {
  const mbr = await said(t, { 'd1.partitions': table('dos', '7', '7') });
  assert.match(mbr, /^import-damaged: .*\/d1p1\.img is missing: the table of disk 1 lists partition 1/);
  assert.match(mbr, /Copy the whole folder again/);
  assert.match(await said(t, { 'd1.partitions': table('gpt', MSR, DATA) }), /\/d1p2\.img is missing/);
});

test('what has no image by its nature is not missed in a FOG folder', async (t) => {
  const swapUuids = `2 ${SWAP_UUID}\n`;
  const swap = { 'd1.partitions': table('gpt', MSR, SWAP), 'd1.original.swapuuids': swapUuids };
  assert.match(await said(t, swap), /^opened: .*Partition 1 has no content/);
  const extended = { 'd1.partitions': table('dos', '5') };
  assert.match(await said(t, extended), /^opened/);
  assert.match(
    await said(t, { 'd1.partitions': table('gpt', MSR) }),
    /^opened: .*Partition 1 has no content/,
  );
});

test('a Clonezilla folder that lost files names them', async (t) => {
  const files = { disk: 'sda', parts: 'sda1 sda2' };
  const parts = await said(t, { ...files, 'sda-pt.sf': table('dos', '82', '7') });
  assert.match(
    parts,
    /^import-damaged: .*\/sda2\.\*-img\* is missing: parts lists sda2.*sda2\.ntfs-ptcl-img/,
  );
  assert.match(parts, /Copy the whole folder again/);
  const noTable = await said(t, { ...files, 'sda-mbr': Buffer.alloc(512) });
  assert.match(
    noTable,
    /^import-damaged: .*\/sda-pt\.sf is missing: .*neither sda-gpt-1st nor sda-gpt\.sgdisk/,
  );
});

test('a split set that lost a piece says which were found', async (t) => {
  const clonezilla = { disk: 'sda', parts: 'sda1', 'sda-pt.sf': table('dos', '7') };
  const name = 'sda1.dd-img.gz';
  const packed = gzipSync(Buffer.alloc(2 ** 20, 'x'), { level: 0 });
  const [aa, ab, ac] = [0, 1, 2].map((i) => packed.subarray(i * 400_000, (i + 1) * 400_000));
  assert.ok(aa !== undefined && ab !== undefined && ac !== undefined);
  const all = { ...clonezilla, [`${name}.aa`]: aa, [`${name}.ab`]: ab, [`${name}.ac`]: ac };
  assert.match(await said(t, all), /^opened/);
  const last = await said(t, { ...clonezilla, [`${name}.aa`]: aa, [`${name}.ab`]: ab });
  assert.match(last, /gz\.aa is damaged .*a later piece may be missing: found aa, ab\./);
  const lone = await said(t, { ...clonezilla, [`${name}.aa`]: aa });
  assert.match(lone, /a later piece may be missing: found aa\./);
  const middle = await said(t, { ...clonezilla, [`${name}.aa`]: aa, [`${name}.ac`]: ac });
  assert.match(middle, /gz\.ab is missing: .*gz\.ac is there/);
  const first = { ...clonezilla, [`${name}.ab`]: ab, [`${name}.ac`]: ac };
  for (const named of ['', `${name}.ac`]) {
    assert.match(
      await said(t, first, named),
      /gz\.aa is missing: it is the first piece .*gz\.a[bc] is there/,
    );
  }
});

test('a format that contradicts the file is refused in words', async (t) => {
  const raw = Buffer.alloc(4096);
  raw.writeUInt16LE(0xaa55, 510);
  for (const format of ['qcow2', 'vmdk', 'vhd'] as const) {
    const words = await said(t, { 'disk.img': raw }, 'disk.img', { format });
    assert.match(words, new RegExp(`^import-unsupported: .*not of the format ${format}: it is a raw disk`));
    assert.match(words, /Leave --format away/);
  }
  const qcow = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(600)]);
  const other = await said(t, { 'disk.img': qcow }, 'disk.img', { format: 'vhdx' });
  assert.match(other, /not of the format vhdx: it is a qcow2 disk/);
  const partition = await said(t, { 'sda1.img': CUT_PARTCLONE }, 'sda1.img', { format: 'qcow2' });
  assert.match(partition, /not of the format qcow2: it is a partclone image/);
  const folder = await said(t, { 'd1.partitions': table('gpt', MSR) }, '', { format: 'raw' });
  assert.match(folder, /not of the format raw: it is a FOG folder/);
});
