import assert from 'node:assert/strict';
import { copyFile, open, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { type ImportOptions, openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankVolume, MIB, scratch } from '../maps/volume-map.ts';

const skip = labNeeds('qemu-img', 'sfdisk', 'dd');
const options: ImportOptions = { signal: AbortSignal.timeout(100_000) };
const SECRET = 'a secret that no disk may show';

async function sample(folder: string): Promise<string> {
  const path = await blankVolume(join(folder, 'sample.raw'), 32 * MIB);
  await run(['sfdisk', '--quiet', path], { input: 'label: dos\nstart=2048, type=7\n' });
  await run([
    'dd',
    'if=/dev/urandom',
    `of=${path}`,
    'bs=1M',
    'seek=4',
    'count=7',
    'conv=notrunc',
    'status=none',
  ]);
  return path;
}

async function convert(raw: string, path: string, format: string, more: string[] = []): Promise<string> {
  await run(['qemu-img', 'convert', '-f', 'raw', '-O', format, ...more, raw, path]);
  return path;
}

async function refused(
  path: string,
  code: string,
  words: RegExp,
  more: Partial<ImportOptions> = {},
): Promise<void> {
  await assert.rejects(
    openImport(path, { ...options, ...more }),
    (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, code, String(error));
      assert.match(error.message, words);
      assert.ok(!error.message.includes('json:{"'), error.message);
      return true;
    },
    path,
  );
}

test('a shortened virtual disk is refused, however little is missing', {
  skip,
  timeout: 100_000,
}, async (t) => {
  const folder = await scratch(t);
  const raw = await sample(folder);
  const split = ['-o', 'subformat=twoGbMaxExtentSparse'];
  const files = [
    { path: await convert(raw, join(folder, 'a.qcow2'), 'qcow2') },
    { path: await convert(raw, join(folder, 'a.vhdx'), 'vhdx') },
    { path: await convert(raw, join(folder, 'a.vhd'), 'vpc') },
    { path: await convert(raw, join(folder, 'a.vmdk'), 'vmdk') },
    { path: await convert(raw, join(folder, 'b.vmdk'), 'vmdk', split), cut: 'b-s001.vmdk' },
    {
      path: await convert(raw, join(folder, 'c.vmdk'), 'vmdk', ['-o', 'subformat=monolithicFlat']),
      cut: 'c-flat.vmdk',
    },
  ];
  for (const { path, cut } of files) {
    const file = cut === undefined ? path : join(folder, cut);
    const { size } = await stat(file);
    for (const left of [size - 1000, size - 70_000, Math.floor(size / 2), 700]) {
      if (left < 1 || left >= size) continue;
      await copyFile(file, `${file}.whole`);
      await truncate(file, left);
      await refused(path, 'import-damaged', new RegExp(basename(folder)));
      await rename(`${file}.whole`, file);
    }
  }
});

test('damage inside the tables is refused with what qemu says of it', {
  skip,
  timeout: 100_000,
}, async (t) => {
  const folder = await scratch(t);
  const path = await convert(await sample(folder), join(folder, 'a.qcow2'), 'qcow2');
  await using file = await open(path, 'r+');
  const l1 = Number((await readFile(path)).readBigUInt64BE(40));
  await file.write(Buffer.from('80000000ffff0000', 'hex'), 0, 8, l1);
  await refused(path, 'import-damaged', /qemu says "/);
});

test('no file is read that the technician did not name', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const secret = join(folder, 'elsewhere.vmdk');
  await writeFile(secret, SECRET.padEnd(MIB, '.'));
  const raw = await sample(folder);
  const hostile = join(folder, 'sub');
  await run(['mkdir', hostile]);
  const qcow2 = join(hostile, 'a.qcow2');
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', secret, qcow2]);
  await refused(qcow2, 'import-unsupported', /base, which it calls ".*elsewhere\.vmdk"/);
  const data = join(hostile, 'b.qcow2');
  await run([
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    '-o',
    `data_file=${join(folder, 'data')}`,
    data,
    '1M',
  ]);
  await refused(data, 'import-unsupported', /keeps its data in another file/);
  const names = [
    '../elsewhere.vmdk',
    secret,
    'nbd:127.0.0.1:1:x.vmdk',
    'json:{}.vmdk',
    'link.vmdk',
    '..\\x.vmdk',
    '.x.vmdk',
    'a  b.vmdk',
    'a\u00a0b.vmdk',
  ];
  await symlink(secret, join(hostile, 'link.vmdk'));
  const lines = (name: string): string[] => [
    `RW 2048 FLAT "${name}" 0`,
    `RW\t2048FLAT"${name}"`,
    `RW ${'0'.repeat(100)}2048 FLAT    "${name}" 0`,
    `RW 2048 SPARSE\n"${name}"`,
  ];
  for (const name of names) {
    for (const line of lines(name)) {
      const path = join(hostile, 'c.vmdk');
      await writeFile(
        path,
        `# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="custom"\n${line}\n`,
      );
      await refused(path, 'import-unsupported', /says that a part of it is/);
    }
  }
  // To qemu a sparse extent without a size is a descriptor of other files.
  const sparse = await convert(raw, join(hostile, 'd.vmdk'), 'vmdk');
  await using file = await open(sparse, 'r+');
  await file.write(Buffer.alloc(8), 0, 8, 12);
  await refused(sparse, 'import-damaged', /has no size/);
});

test('a base is read when it is named, and its own base too', { skip, timeout: 100_000 }, async (t) => {
  const folder = await scratch(t);
  const raw = await sample(folder);
  const base = await convert(raw, join(folder, 'base.qcow2'), 'qcow2');
  const [middle, top] = [join(folder, 'middle.qcow2'), join(folder, 'top.qcow2')];
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', 'base.qcow2', middle]);
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', middle, top]);
  await refused(top, 'import-unsupported', /middle\.qcow2/, { backing: [base] });
  await refused(top, 'import-unsupported', /base\.qcow2/, { backing: [middle] });
  const opened = await openImport(top, { ...options, backing: [base, middle] });
  assert.ok(opened.kind === 'disk');
  await using disk = opened;
  assert.ok((await readFile(disk.path)).equals(await readFile(raw)));
});

/** qemu measures how long a key takes, and now and then gives up where the machine is busy. */
async function encryptedDisk(path: string): Promise<string> {
  const secret = ['--object', 'secret,id=s,data=x'];
  const how = ['-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10'];
  for (let left = 5; ; left--) {
    try {
      await run(['qemu-img', 'create', '-q', ...secret, '-f', 'qcow2', ...how, path, '1M']);
      return path;
    } catch (error) {
      if (left === 0 || !String(error).includes('accurate CPU usage')) throw error;
    }
  }
}

test('differences to another disk and encrypted ones are refused in words', {
  skip,
  timeout: 100_000,
}, async (t) => {
  const folder = await scratch(t);
  const raw = await sample(folder);
  const vhd = await convert(raw, join(folder, 'a.vhd'), 'vpc');
  const { size } = await stat(vhd);
  await using file = await open(vhd, 'r+');
  for (const at of [0, size - 512]) {
    const footer = Buffer.alloc(512);
    await file.read(footer, 0, 512, at);
    footer.writeUInt32BE(4, 60);
    footer.writeUInt32BE(footer.readUInt32BE(64) - 1, 64);
    await file.write(footer, 0, 512, at);
  }
  await refused(vhd, 'import-unsupported', /differencing disk/);
  const vhdx = await convert(raw, join(folder, 'a.vhdx'), 'vhdx');
  const bytes = await readFile(vhdx);
  const parameters = bytes.indexOf(Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex'));
  const item = Math.floor(parameters / 65_536) * 65_536 + bytes.readUInt32LE(parameters + 16);
  bytes.writeUInt32LE(bytes.readUInt32LE(item + 4) | 2, item + 4);
  await writeFile(vhdx, bytes);
  await refused(vhdx, 'import-unsupported', /differencing disk/);
  const luks = await encryptedDisk(join(folder, 'luks.qcow2'));
  await refused(luks, 'import-unsupported', /is encrypted/);
  const delta = join(folder, 'delta.vmdk');
  const parent = await convert(raw, join(folder, 'parent.vmdk'), 'vmdk');
  await run(['qemu-img', 'create', '-q', '-f', 'vmdk', '-F', 'vmdk', '-b', basename(parent), delta], {
    cwd: dirname(parent),
  });
  await refused(delta, 'import-unsupported', /snapshot's delta/);
});

test('a raw disk is never taken for a virtual one that stands in its first sector', {
  skip,
  timeout: 100_000,
}, async (t) => {
  const folder = await scratch(t);
  const raw = await sample(folder);
  const header = (await readFile(await convert(raw, join(folder, 'a.qcow2'), 'qcow2'))).subarray(0, 112);
  await using file = await open(raw, 'r+');
  await file.write(header, 0, header.length, 0);
  await refused(raw, 'import-unsupported', /begins like a qcow2 disk and like the boot sector of a raw one/);
  const opened = await openImport(raw, { ...options, format: 'raw' });
  assert.ok(opened.kind === 'disk');
  assert.equal(opened.path, raw);
  await opened[Symbol.asyncDispose]();
  await rm(raw);
});
