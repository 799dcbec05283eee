import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';
import { writeRegion } from './imported.ts';
import { compareRegion, drain, lonePartition, sourceOf } from './read-source.ts';
import { extVolume, fatVolume, ntfsVolume } from './sample-disk.ts';

const signal = AbortSignal.timeout(160_000);
const skip = labNeeds(
  'partimage',
  'mkntfs',
  'ntfscp',
  'mkfs.ext4',
  'mkfs.vfat',
  'mcopy',
  'losetup',
  'unshare',
  'split',
);
const QUIET = ['-o', '-d', '-b', '-B', 'gui=no'];

/** A file as a block device, or a run of it. */
async function loop(t: TestContext, path: string, offset = 0, length = 0): Promise<string> {
  const place = offset === 0 ? [] : ['--offset', String(offset), '--sizelimit', String(length)];
  const { stdout } = await run(['losetup', '--find', '--show', ...place, path]);
  const device = stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  return device;
}

/** Has partimage save a volume. @returns the path of its first file */
async function save(device: string, path: string, ...options: string[]): Promise<string> {
  await run(['partimage', ...options, ...QUIET, 'save', device, path]);
  return `${path}.000`;
}

async function open(path: string): Promise<ReturnType<typeof lonePartition>> {
  return lonePartition(sourceOf(await openImport(path, { signal })));
}

test('volumes of every kind come back as partimage itself restores them', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const volumes = {
    ntfs: await ntfsVolume(join(folder, 'ntfs'), 48 * MIB),
    ext: await extVolume(join(folder, 'ext3'), 48 * MIB, 'ext3'),
    fat: await fatVolume(join(folder, 'fat16'), 32 * MIB, 16),
    fat32: await fatVolume(join(folder, 'fat32'), 64 * MIB, 32),
  };
  for (const [name, volume] of Object.entries(volumes)) {
    const image = await save(await loop(t, volume), join(folder, `${name}.img`), '-z0');
    const region = await open(image);
    assert.equal(region.filesystem, name.replace('32', ''));
    const came = await compareRegion(region, volume, signal);
    assert.ok(came >= (region.usedBytes ?? 0) && came <= (region.usedBytes ?? 0) + 512, name);
    const size = (await readFile(volume)).length;
    const [ours, theirs] = [
      await blankVolume(join(folder, 'ours'), size),
      await blankVolume(join(folder, 'theirs'), size),
    ];
    await run(['partimage', ...QUIET, 'restore', await loop(t, theirs), image]);
    await writeRegion(region, ours);
    // NTFS's last sector is in no block of partimage's; we make that copy of the boot sector again.
    const end = name === 'ntfs' ? size - 4096 : size;
    assert.ok(
      (await readFile(ours)).subarray(0, end).equals((await readFile(theirs)).subarray(0, end)),
      name,
    );
    if (name === 'ntfs') await run(['ntfsfix', '--no-action', ours]);
  }
});

test('volumes, compression and splitting by others', { skip, timeout: 160_000 }, async (t) => {
  const folder = await scratch(t);
  const volume = await extVolume(join(folder, 'ext3'), 48 * MIB, 'ext3');
  const device = await loop(t, volume);
  const names = {
    many: await save(device, join(folder, 'many'), '-z0', '-V1'),
    gzip: await save(device, join(folder, 'gzip'), '-z1'),
    manyGzip: await save(device, join(folder, 'many-gzip'), '-z1', '-V1'),
    bzip2: await save(device, join(folder, 'bzip2'), '-z2'),
  };
  const files = await readdir(folder);
  assert.ok(files.includes('many.002') && files.includes('many-gzip.001'), files.join(' '));
  const plain = await save(device, join(folder, 'plain'), '-z0');
  await run(['split', '-b', '1M', plain, join(folder, 'sda1.')]);
  for (const image of [...Object.values(names), join(folder, 'sda1.aa')]) {
    const region = await open(image);
    assert.equal(await compareRegion(region, volume, signal), region.usedBytes, basename(image));
  }
  const third = join(folder, 'many.002');
  const refused = async (code: RegExp): Promise<void> => {
    await assert.rejects(
      open(names.many).then((region) => drain(region, signal)),
      { code: 'import-damaged', message: code },
    );
  };
  await rename(third, join(folder, 'away'));
  await refused(/many\.002 is missing/);
  const bytes = await readFile(join(folder, 'away'));
  await writeFile(third, bytes.subarray(0, 300_000));
  await refused(/many\.00[23] is damaged at byte/);
  const broken = Buffer.from(bytes);
  broken.set([1], 200_000);
  await writeFile(third, broken);
  await refused(/many\.00[12] is damaged at byte \d+: the checksum of the 65536 bytes there is wrong/);
  await writeFile(third, await readFile(join(folder, 'many.001')));
  await refused(/many\.002 is damaged at byte 0: it is not volume 2/);
});

test('the boot sector that partimage saved brings disk id, place and boot code', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const [start, length] = [63 * 512, 60_001 * 512];
  const volume = await ntfsVolume(join(folder, 'xp'), length);
  const disk = await blankVolume(join(folder, 'disk'), 40 * MIB);
  await run(['sfdisk', '--quiet', disk], {
    input:
      'label: dos\nlabel-id: 0xdeadbeef\nstart=63, size=60001, type=7, bootable\nstart=70000, size=1000, type=83\n',
  });
  await run(['dd', `if=${volume}`, `of=${disk}`, 'seek=63', 'conv=notrunc', 'status=none']);
  await run(['dd', `of=${disk}`, 'conv=notrunc', 'status=none'], { input: Buffer.alloc(440, 0x90) });
  const [whole, part] = [await loop(t, disk), await loop(t, disk, start, length)];
  const image = join(folder, 'xp.partimg');
  const fixture = join(import.meta.dirname, 'old-machine.fixture.ts');
  const command = ['partimage', '-z1', ...QUIET, 'save', '/dev/sda1', image];
  await run(['unshare', '--mount', process.execPath, fixture, join(folder, 'dev'), whole, part, ...command]);
  const source = sourceOf(await openImport(`${image}.000`, { signal }));
  const [{ layout } = { layout: null }] = source.disks;
  assert.equal(layout?.diskId, 'DEADBEEF');
  assert.deepEqual(Buffer.from(layout?.bootCode ?? []), Buffer.alloc(440, 0x90));
  assert.deepEqual(layout?.partitions, [
    { number: 1, startByte: start, lengthBytes: length, type: '07', active: true, gpt: null },
  ]);
  assert.deepEqual(source.warnings, []);
  assert.match(source.description, /of \/dev\/sda1 \(ntfs\)/);
  await compareRegion(lonePartition(source), volume, signal);
});

test('damage is refused with its place', { skip, timeout: 160_000 }, async (t) => {
  const folder = await scratch(t);
  const volume = await extVolume(join(folder, 'ext3'), 24 * MIB, 'ext3');
  const image = await save(await loop(t, volume), join(folder, 'image'), '-z0');
  const whole = await readFile(image);
  const refused = async (bytes: Buffer, words: RegExp): Promise<void> => {
    await rm(image);
    await writeFile(image, bytes);
    await assert.rejects(
      open(image).then((region) => drain(region, signal)),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'import-damaged', String(error));
        assert.match(error.message, words);
        return true;
      },
    );
  };
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes.set([(bytes[at] ?? 0) ^ 1], at);
    return bytes;
  };
  const at = (magic: string): number => whole.indexOf(magic) + magic.length;
  await refused(changed(600), /at byte 512: the checksum of the main header is wrong/);
  await refused(changed(at('MAGIC-BEGIN-LOCALHEADER') + 8), /the checksum of the local header is wrong/);
  await refused(changed(at('MAGIC-BEGIN-BITMAP') + 100), /at byte \d+: /);
  await refused(changed(at('MAGIC-BEGIN-EXT003') - 2), /MAGIC-BEGIN-EXT003 should stand there/);
  await refused(
    changed(at('MAGIC-BEGIN-DATABLOCKS') + 70_000),
    /at byte \d+: the checksum of the 65536 bytes there/,
  );
  // Behind the last full 64 KiB only the sum of all bytes can tell.
  await refused(
    changed(whole.indexOf('MAGIC-BEGIN-TAIL') - 5),
    /the sum of all bytes before is \d+, and \d+ stands there/,
  );
  await refused(whole.subarray(0, 1000), /at byte 1000: it ends there/);
  await refused(
    whole.subarray(0, whole.length - 1),
    /: it ends there, 1 bytes before the end of the image's tail/,
  );
  await refused(
    Buffer.concat([whole, whole]),
    new RegExp(`at byte ${whole.length}: the image should have ended`),
  );
});
