import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { type Import, openImport } from '../../../src/formats/index.ts';
import { labNeeds } from '../../needs.ts';
import { scratch } from '../maps/volume-map.ts';
import { sameStart, sampleDisk } from './sample-disk.ts';

const skip = labNeeds('qemu-img', 'sfdisk', 'mkntfs', 'ntfscp', 'mkfs.ext4', 'mkfs.vfat', 'mcopy');
const signal = AbortSignal.timeout(100_000);

/** Every way in which qemu-img writes the formats; the file that is imported is `name`. */
const KINDS: readonly { name: string; format: string; options?: string; compress?: boolean }[] = [
  { name: 'plain.qcow2', format: 'qcow2' },
  { name: 'old.qcow2', format: 'qcow2', options: 'compat=0.10' },
  { name: 'compressed.qcow2', format: 'qcow2', compress: true },
  { name: 'zstd.qcow2', format: 'qcow2', options: 'compression_type=zstd', compress: true },
  { name: 'extended.qcow2', format: 'qcow2', options: 'extended_l2=on,cluster_size=128k' },
  { name: 'dynamic.vhd', format: 'vpc', options: 'subformat=dynamic,force_size=on' },
  { name: 'fixed.vhd', format: 'vpc', options: 'subformat=fixed,force_size=on' },
  { name: 'dynamic.vhdx', format: 'vhdx' },
  { name: 'fixed.vhdx', format: 'vhdx', options: 'subformat=fixed' },
  { name: 'sparse.vmdk', format: 'vmdk' },
  { name: 'flat.vmdk', format: 'vmdk', options: 'subformat=monolithicFlat' },
  { name: 'split.vmdk', format: 'vmdk', options: 'subformat=twoGbMaxExtentSparse' },
  { name: 'split-flat.vmdk', format: 'vmdk', options: 'subformat=twoGbMaxExtentFlat' },
  { name: 'stream.vmdk', format: 'vmdk', options: 'subformat=streamOptimized' },
];

async function convert(raw: string, folder: string, kind: (typeof KINDS)[number]): Promise<string> {
  const path = join(folder, kind.name);
  const options = kind.options === undefined ? [] : ['-o', kind.options];
  const compress = kind.compress === true ? ['-c'] : [];
  await run(['qemu-img', 'convert', '-f', 'raw', '-O', kind.format, ...options, ...compress, raw, path]);
  return path;
}

async function disposing<T>(opened: Import, use: (path: string) => Promise<T>): Promise<T> {
  assert.ok(opened.kind === 'disk');
  await using disk = opened;
  return await use(disk.path);
}

test('every kind of virtual disk shows the bytes of the raw disk it was made of', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const folder = await scratch(t);
  const raw = await sampleDisk(folder, 'dos');
  for (const kind of KINDS) {
    const path = await convert(raw, folder, kind);
    const opened = await openImport(path, { signal });
    const shown = await disposing(opened, async (view) => {
      assert.ok(await sameStart(view, raw), kind.name);
      return view;
    });
    assert.ok(!existsSync(shown), `${kind.name} is not shown any more`);
  }
  const mounts = await readFile('/proc/mounts', 'utf8');
  assert.ok(!mounts.includes('/mimeo-disk-'), 'no view is left behind');
});

test('a VHD of VirtualBox is read to the end, which its cylinders do not reach', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const folder = await scratch(t);
  const raw = await sampleDisk(folder, 'gpt');
  for (const subformat of ['dynamic', 'fixed']) {
    const options = `subformat=${subformat},force_size=on`;
    const path = await convert(raw, folder, { name: `${subformat}.vhd`, format: 'vpc', options });
    await using file = await open(path, 'r+');
    const { size } = await file.stat();
    for (const at of subformat === 'fixed' ? [size - 512] : [0, size - 512]) {
      const footer = Buffer.alloc(512);
      await file.read(footer, 0, 512, at);
      const checksum = footer.readUInt32BE(64);
      const before = footer.subarray(28, 32).reduce((sum, byte) => sum + byte, 0);
      footer.write('vbox', 28);
      const after = footer.subarray(28, 32).reduce((sum, byte) => sum + byte, 0);
      footer.writeUInt32BE(checksum + before - after, 64);
      await file.write(footer, 0, 512, at);
    }
    await disposing(await openImport(path, { signal, workFolder: folder }), async (view) => {
      assert.ok(await sameStart(view, raw), subformat);
      assert.equal((await stat(view)).size, (await stat(raw)).size);
    });
  }
});
