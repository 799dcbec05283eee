import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { readLayout } from '../../../src/disk/index.ts';
import { exportClonezilla } from '../../../src/formats/index.ts';
import type { ImageIndex } from '../../../src/image/index.ts';
import { captureDisk, importSource } from '../../../src/transfer/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';
import { CLONEZILLA_TOOLS, makeClonezillaFolder } from './clonezilla-folder.ts';
import { depot } from './depot.ts';
import { firstDifference, openSource } from './imported.ts';
import { assertLikeMaster } from './like-master.ts';
import { makeMaster } from './master-disk.ts';
import { clone, makeVolume, restored } from './volumes.ts';

const about = { name: 'master', notes: '', signal: new AbortController().signal };

for (const table of ['mbr', 'gpt'] as const) {
  test(`an imported image with ${table} is exported for Clonezilla and read again`, {
    skip: labNeeds(...CLONEZILLA_TOOLS),
  }, async (t) => {
    const folder = await scratch(t);
    const master = await makeMaster(folder, table);
    const packing = { ending: 'gz', argv: ['gzip', '-c', '-1'], split: null };
    const source = await openSource(await makeClonezillaFolder(join(folder, 'theirs'), [master], packing));
    const store = depot();
    const { index } = await importSource({ ...about, source, sink: store });
    const codec = table === 'mbr' ? 'zst' : 'gz';
    const options = { index, chunk: store.chunk, folder, name: 'ours', signal: about.signal, codec } as const;
    const { folder: ours } = await exportClonezilla(options);
    await run(['sha256sum', '--check', '--quiet', 'SHA256SUMS'], { cwd: ours });
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('.tmp')),
      [],
    );
    const again = await openSource(ours);
    const [disk] = again.disks;
    assert.ok(disk !== undefined);
    await assertLikeMaster(disk, master, join(folder, 'work'));
    await tableIsTheirs(ours, master.disk, folder);
    await assert.rejects(exportClonezilla(options), { code: 'export-target-exists' });
  });
}

/** What Clonezilla does with the table files gives the master's table, by sfdisk and by sgdisk. */
async function tableIsTheirs(ours: string, disk: string, folder: string): Promise<void> {
  const layout = await readLayout(disk);
  const target = await blankVolume(join(folder, 'target'), layout.diskBytes);
  await run(['sfdisk', '--quiet', target], { input: await readFile(join(ours, 'sda-pt.sf')) });
  assert.deepEqual({ ...(await readLayout(target)), bootCode: null }, { ...layout, bootCode: null });
  if (layout.table === 'mbr') return;
  const second = await blankVolume(join(folder, 'second'), layout.diskBytes);
  await run(['sgdisk', '-l', join(ours, 'sda-gpt.sgdisk'), second]);
  await run(['sgdisk', '-v', second]);
  assert.deepEqual({ ...(await readLayout(second)), bootCode: null }, { ...layout, bootCode: null });
  const third = await blankVolume(join(folder, 'third'), layout.diskBytes);
  const sectors = layout.diskBytes / 512;
  for (const [name, seek] of [
    ['sda-gpt-1st', 0],
    ['sda-gpt-2nd', sectors - 33],
  ] as const) {
    await run([
      'dd',
      `if=${join(ours, name)}`,
      `of=${third}`,
      'bs=512',
      `seek=${seek}`,
      'conv=notrunc',
      'status=none',
    ]);
  }
  assert.match((await run(['sgdisk', '-v', third])).stdout.toString(), /No problems found/);
}

test('partclone.restore makes of an export what it makes of its own image', {
  skip: labNeeds(
    'partclone.restore',
    'partclone.chkimg',
    'mkntfs',
    'ntfs-3g',
    'mkfs.ext4',
    'mkfs.xfs',
    'mkfs.btrfs',
    'mcopy',
  ),
}, async (t) => {
  const folder = await scratch(t);
  const names = ['ntfs', 'extfs', 'fat32', 'exfat', 'xfs', 'btrfs', 'f2fs'];
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      await makeVolume(name, file);
      const image = await clone(name, file, `${file}.image`);
      const store = depot();
      const { index } = await importSource({ ...about, source: await openSource(image), sink: store });
      const options = { index, chunk: store.chunk, folder, name: `${name}.export`, signal: about.signal };
      const { folder: ours } = await exportClonezilla(options);
      const [packed = ''] = (await readdir(ours)).filter((one) => one.startsWith('sda1.'));
      const plain = `${file}.plain`;
      await writeFile(plain, (await run(['zstd', '-dcq', join(ours, packed)])).stdout);
      await run(['partclone.chkimg', '-L', `${plain}.log`, '-s', plain]);
      const [a, b] = await Promise.all([restored(plain, `${file}.ours`), restored(image, `${file}.theirs`)]);
      const length = index.regions[0]?.lengthBytes ?? 0;
      // Theirs lacks the copy of the boot sector, ours has it.
      const whole = Math.floor(length / 4096) * 4096 - (name === 'ntfs' ? 4096 : 0);
      assert.equal(await firstDifference(a, b, whole), null, name);
    }),
  );
});

test('an interrupted export leaves nothing', { skip: labNeeds(...CLONEZILLA_TOOLS) }, async (t) => {
  const folder = await scratch(t);
  const master = await makeMaster(folder, 'gpt');
  const store = depot();
  const { index }: { index: ImageIndex } = await captureDisk({ ...about, disk: master.disk, sink: store });
  const before = await readdir(folder);
  let calls = 0;
  const chunk = (id: string, length: number): Promise<Buffer> =>
    ++calls === 20 ? Promise.reject(new Error('the store is gone')) : store.chunk(id, length);
  const options = { index, chunk, folder, name: 'ours', signal: about.signal };
  await assert.rejects(exportClonezilla(options), /the store is gone/);
  assert.deepEqual(await readdir(folder), before);
  assert.ok(before.length > 0 && index.regions.length === 4 && index.layout.diskBytes === 170 * MIB);
});
