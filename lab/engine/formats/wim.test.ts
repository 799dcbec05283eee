import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { type ImportOptions, openImport } from '../../../src/formats/index.ts';
import type { ImageSource } from '../../../src/image/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';
import { writeRegion } from './imported.ts';
import { sourceOf } from './read-source.ts';

const skip = labNeeds('wimlib-imagex', 'mkntfs', 'ntfs-3g', 'setfattr', 'getfattr', 'mkfs.vfat', 'fsck.vfat');
const signal = AbortSignal.timeout(160_000);

/** Mounts while `use` runs. */
async function mounted(argv: readonly string[], folder: string, use: () => Promise<void>): Promise<void> {
  await mkdir(folder);
  await run([...argv, folder]);
  try {
    await use();
  } finally {
    await run(['umount', folder]);
  }
}

/** A volume like Windows has them: streams, short names, ACLs, a hard link, a compressible file. */
async function windowsVolume(folder: string): Promise<string> {
  const path = await blankVolume(join(folder, 'master.ntfs'), 64 * MIB);
  await run([
    'mkntfs',
    '--quick',
    '--force',
    '--quiet',
    '--partition-start',
    '2048',
    '--heads',
    '255',
    '--sectors-per-track',
    '63',
    path,
  ]);
  const mount = join(folder, 'mount');
  await mounted(['ntfs-3g', '-o', 'streams_interface=windows', path], mount, async () => {
    await mkdir(join(mount, 'Windows', 'System32'), { recursive: true });
    await writeFile(join(mount, 'Windows', 'System32', 'kernel32.dll'), randomBytes(3_000_000));
    await writeFile(join(mount, 'Windows', 'a long file name.txt'), 'text '.repeat(100_000));
    await writeFile(join(mount, 'Windows', 'a long file name.txt:Zone.Identifier'), '[ZoneTransfer]');
    await run([
      'setfattr',
      '-n',
      'system.ntfs_dos_name',
      '-v',
      'ALONGF~1.TXT',
      join(mount, 'Windows', 'a long file name.txt'),
    ]);
    await run([
      'ln',
      join(mount, 'Windows', 'System32', 'kernel32.dll'),
      join(mount, 'Windows', 'linked.dll'),
    ]);
  });
  return path;
}

/** The last partition of the only disk, written into a file. */
async function unpacked(source: ImageSource, folder: string): Promise<string> {
  const region = source.disks[0]?.regions.at(-1);
  assert.ok(region !== undefined);
  const path = await blankVolume(
    join(folder, `unpacked-${(await readdir(folder)).length}`),
    region.lengthBytes,
  );
  await writeRegion(region, path);
  return path;
}

async function assertSameVolume(folder: string, volume: string): Promise<void> {
  const mount = join(folder, `look-${(await readdir(folder)).length}`);
  await mounted(['ntfs-3g', '-o', 'ro,streams_interface=windows', volume], mount, async () => {
    const long = join(mount, 'Windows', 'a long file name.txt');
    assert.equal((await readFile(long)).length, 500_000);
    assert.equal(await readFile(`${long}:Zone.Identifier`, 'utf8'), '[ZoneTransfer]');
    const { stdout } = await run(['getfattr', '--only-values', '-n', 'system.ntfs_dos_name', long]);
    assert.equal(stdout.toString(), 'ALONGF~1.TXT');
    const linked = await stat(join(mount, 'Windows', 'linked.dll'));
    assert.equal(linked.ino, (await stat(join(mount, 'Windows', 'System32', 'kernel32.dll'))).ino);
  });
  await run(['ntfsfix', '--no-action', volume]);
}

test('WIM, ESD and split WIM become a volume with everything that NTFS keeps', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const master = await windowsVolume(folder);
  const wim = join(folder, 'install.wim');
  await run(['wimlib-imagex', 'capture', master, wim, 'Lab', '--compress=fast']);
  const esd = join(folder, 'install.esd');
  await run(['wimlib-imagex', 'export', wim, '1', esd, '--solid']);
  const swm = join(folder, 'in[st]all.swm');
  await run(['wimlib-imagex', 'split', wim, swm, '1']);
  for (const path of [wim, esd, swm]) {
    const options: ImportOptions = { signal, workFolder: folder };
    const source = sourceOf(await openImport(path, options));
    assert.equal(source.disks[0]?.layout.table, 'mbr');
    assert.match(source.warnings.join(), /does not start yet/);
    await assertSameVolume(folder, await unpacked(source, folder));
    await source[Symbol.asyncDispose]();
  }
  assert.ok(!(await readdir(folder)).some((name) => name.startsWith('mimeo-import-')), 'nothing is left');
  await rename(join(folder, 'in[st]all2.swm'), join(folder, 'away'));
  await assert.rejects(openImport(swm, { signal, workFolder: folder }), {
    code: 'import-damaged',
    message: /all2\.swm.*missing/,
  });
  await rename(join(folder, 'away'), join(folder, 'in[st]all2.swm'));
  await assert.rejects(openImport(join(folder, 'in[st]all2.swm'), { signal }), {
    code: 'import-unsupported',
    message: /part 2 of/,
  });
});

test('a GPT disk has the partitions that Windows wants', { skip, timeout: 160_000 }, async (t) => {
  const folder = await scratch(t);
  const wim = join(folder, 'install.wim');
  await run(['wimlib-imagex', 'capture', await windowsVolume(folder), wim, 'Lab', '--compress=none']);
  await using source = sourceOf(await openImport(wim, { signal, workFolder: folder, partitionTable: 'gpt' }));
  const [disk] = source.disks;
  assert.deepEqual(
    disk?.layout.partitions.map(({ number }) => number),
    [1, 2, 3],
  );
  assert.deepEqual(
    disk?.regions.map(({ filesystem }) => filesystem),
    ['fat', 'raw', 'ntfs'],
  );
  const [system] = disk?.regions ?? [];
  assert.ok(system !== undefined);
  const esp = await blankVolume(join(folder, 'esp'), system.lengthBytes);
  await writeRegion(system, esp);
  await run(['fsck.vfat', '-n', esp]);
  const ntfs = await unpacked(source, folder);
  assert.equal((await readFile(ntfs)).readUInt32LE(28), 117 * 2048, 'the boot sector knows its place');
});

test('of several images one must be named', { skip, timeout: 160_000 }, async (t) => {
  const folder = await scratch(t);
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'one.txt'), 'one');
  const wim = join(folder, 'two.wim');
  await run(['wimlib-imagex', 'capture', tree, wim, 'Home']);
  await writeFile(join(tree, 'two.txt'), 'two');
  await run(['wimlib-imagex', 'append', tree, wim, 'Pro & "N"']);
  const options: ImportOptions = { signal, workFolder: folder };
  await assert.rejects(openImport(wim, options), {
    code: 'import-unsupported',
    message: /2 images: 1 "Home", 2 "Pro & \\"N\\""/,
  });
  await assert.rejects(openImport(wim, { ...options, index: '3' }), {
    code: 'import-unsupported',
    message: /no image "3"/,
  });
  for (const index of ['2', 'pro & "n"']) {
    await using source = sourceOf(await openImport(wim, { ...options, index }));
    const { stdout } = await run(['ntfscat', await unpacked(source, folder), 'two.txt']);
    assert.equal(stdout.toString(), 'two');
  }
});

/** A WIM of files that do not compress. */
async function randomWim(folder: string, files: number, bytes: number): Promise<string> {
  const tree = join(folder, 'tree');
  await mkdir(tree);
  for (let i = 0; i < files; i++) await writeFile(join(tree, `random-${i}.bin`), randomBytes(bytes));
  const wim = join(folder, 'one.wim');
  await run(['wimlib-imagex', 'capture', tree, wim, 'One']);
  return wim;
}

test('damage, encryption and a full disk are told before anything is imported', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const wim = await randomWim(folder, 1, 2_000_000);
  const options: ImportOptions = { signal, workFolder: folder };
  const whole = await readFile(wim);
  const path = join(folder, 'broken.wim');
  await copyFile(wim, path);
  await truncate(path, whole.length - 300);
  await assert.rejects(openImport(path, options), {
    code: 'import-damaged',
    message: new RegExp(`broken.wim is damaged at byte ${whole.length - 300}: it ends there`),
  });
  const changed = Buffer.from(whole);
  changed.set([1, 2, 3, 4], 1_000_000);
  await writeFile(path, changed);
  await assert.rejects(openImport(path, options), {
    code: 'import-damaged',
    message: /at byte \d+: .* another SHA-1/,
  });
  // As Microsoft's downloads for upgrades are: the description says it.
  const xml = Buffer.from('\ufeff<WIM><ESD><ENCRYPTED/></ESD></WIM>', 'utf16le');
  const esd = Buffer.concat([whole, xml]);
  esd.writeBigUInt64LE((2n << 56n) | BigInt(xml.length), 72);
  esd.writeBigUInt64LE(BigInt(whole.length), 80);
  await writeFile(path, esd);
  await assert.rejects(openImport(path, options), { code: 'import-unsupported', message: /encrypted ESD/ });
  const tiny = join(folder, 'tiny');
  await mounted(['mount', '-t', 'tmpfs', '-o', 'size=8M', 'none'], tiny, async () => {
    await assert.rejects(openImport(wim, { signal, workFolder: tiny }), {
      code: 'import-no-room',
      message: /8 MiB free, and \d+ MiB are needed/,
    });
  });
  assert.ok(!(await readdir(folder)).some((name) => name.startsWith('mimeo-import-')), 'nothing is left');
});

test('parts of a split WIM are told by what they are, whatever else has such a name', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const wim = await randomWim(folder, 3, 900_000);
  await run(['wimlib-imagex', 'split', wim, join(folder, 'two.swm'), '1']);
  await writeFile(join(folder, 'two9.swm'), 'no WIM');
  const opened = sourceOf(await openImport(join(folder, 'two.swm'), { signal, workFolder: folder }));
  await opened[Symbol.asyncDispose]();
  const parts = (await readdir(folder)).filter((name) => /^two\d?\.swm$/.test(name) && name !== 'two9.swm');
  assert.ok(parts.length > 1);
  for (const name of parts) await rename(join(folder, name), join(folder, name.replace('.swm', '')));
  const bare = sourceOf(await openImport(join(folder, 'two'), { signal, workFolder: folder }));
  await bare[Symbol.asyncDispose]();
  await symlink(wim, join(folder, 'two8'));
  await assert.rejects(openImport(join(folder, 'two'), { signal, workFolder: folder }), {
    code: 'import-unsupported',
    message: /two8 is a link/,
  });
});
