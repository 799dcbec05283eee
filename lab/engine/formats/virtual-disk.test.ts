import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { type Import, openImport } from '../../../src/formats/index.ts';
import { sameStart, sampleDisk, scratch } from './sample-disk.ts';

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
