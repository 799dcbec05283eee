import assert from 'node:assert/strict';
import { mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { exportQcow2, exportRaw, openImport } from '../../../src/formats/index.ts';
import { allRegions, CHUNK_BYTES, chunkLength, type ImageIndex, usedRuns } from '../../../src/image/index.ts';
import { captureDisk, importSource } from '../../../src/transfer/index.ts';
import { labNeeds } from '../../needs.ts';
import { MIB, scratch } from '../maps/volume-map.ts';
import { depot } from './depot.ts';
import { ntfsVolume, sampleDisk } from './sample-disk.ts';

const skip = labNeeds('qemu-img', 'sfdisk', 'mkntfs', 'ntfscp', 'mkfs.ext4', 'mkfs.vfat', 'mcopy');
const signal = AbortSignal.timeout(160_000);
const about = { name: 'master', notes: '', signal, createdAt: '2026-01-01T00:00:00Z' };

/** What makes two images the same. */
function contents(index: ImageIndex): unknown {
  return {
    layout: index.layout,
    regions: allRegions(index).map(({ chunks, ...region }) => ({
      ...region,
      ids: Array.from({ length: chunks.count }, (_, i) => [
        chunks.id(i),
        Buffer.from(chunks.mask(i)).toString('hex'),
      ]),
    })),
  };
}

async function captured(disk: string, sink: ReturnType<typeof depot>): Promise<ImageIndex> {
  return (await captureDisk({ ...about, disk, sink })).index;
}

/** A PATH on which nothing can show a disk as a file. */
async function withoutViews(t: TestContext, folder: string): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const tool of ['qemu-img', 'dd', 'losetup', 'blockdev', 'partclone.fat', 'partclone.extfs']) {
    const { stdout } = await run(['which', tool], { allowStatus: [0, 1] });
    if (stdout.length > 0) await symlink(stdout.toString().trim(), join(bin, tool));
  }
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  t.after(() => {
    process.env['PATH'] = before;
  });
}

for (const table of ['dos', 'gpt'] as const) {
  test(`an exported disk with ${table} holds the used bytes of its master, and is sparse`, {
    skip,
    timeout: 160_000,
  }, async (t) => {
    const folder = await scratch(t);
    const master = await sampleDisk(folder, table);
    const store = depot();
    const index = await captured(master, store);
    const { paths } = await exportRaw({ index, chunk: store.chunk, path: join(folder, 'out.raw'), signal });
    const [theirs, ours] = [await readFile(master), await readFile(paths[0] ?? '')];
    assert.equal(ours.length, theirs.length);
    for (const { startByte, lengthBytes, chunks } of index.regions) {
      for (let i = 0; i < chunks.count; i++) {
        const at = startByte + i * CHUNK_BYTES;
        for (const { start, length } of usedRuns(chunks.mask(i), chunkLength(lengthBytes, i))) {
          const run = [at + start, at + start + length] as const;
          assert.ok(ours.subarray(...run).equals(theirs.subarray(...run)), `bytes ${run.join(' to ')}`);
        }
      }
    }
    assert.ok(ours.subarray(0, 512).equals(theirs.subarray(0, 512)), 'the boot sector');
    const { blocks, size } = await stat(paths[0] ?? '');
    assert.ok(blocks * 512 < size / 2, `${blocks * 512} of ${size} bytes`);
    assert.deepEqual(contents(await captured(paths[0] ?? '', store)), contents(index));
    await assert.rejects(exportRaw({ index, chunk: store.chunk, path: join(folder, 'out.raw'), signal }), {
      code: 'export-target-exists',
    });
  });

  test(`a qcow2 with ${table} is imported as the image it was exported from`, {
    skip,
    timeout: 160_000,
  }, async (t) => {
    const folder = await scratch(t);
    const store = depot();
    const index = await captured(await sampleDisk(folder, table), store);
    const seen: number[] = [];
    const options = {
      index,
      chunk: store.chunk,
      signal,
      onProgress: ({ doneBytes }: { doneBytes: number }) => seen.push(doneBytes),
    };
    const path = join(folder, 'out.qcow2');
    await exportQcow2({ ...options, path });
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    await withoutViews(t, folder);
    const copied = join(folder, 'copied.qcow2');
    await writeFile(copied, 'in the way');
    await exportQcow2({ ...options, path: copied, force: true });
    // Once shown, once copied; each written the one way and read the other.
    for (const file of [path, copied]) {
      await run(['qemu-img', 'check', '-f', 'qcow2', file]);
      const opened = await openImport(file, { signal, workFolder: folder });
      assert.ok(opened.kind === 'disk');
      await using disk = opened;
      assert.deepEqual(contents(await captured(disk.path, store)), contents(index), file);
    }
    const left = (await readdir(folder)).filter(
      (name) => name.startsWith('.tmp-') || name.startsWith('mimeo-import-'),
    );
    assert.deepEqual(left, []);
  });
}

test('each disk of an image becomes a file; what fails leaves none', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const store = depot();
  const one = await captured(await sampleDisk(folder, 'dos'), store);
  const index = {
    ...one,
    otherDisks: [{ layout: { ...one.layout, diskId: '12345678' }, regions: one.regions }],
  };
  const { paths } = await exportRaw({ index, chunk: store.chunk, path: join(folder, 'lab.img'), signal });
  assert.deepEqual(paths, [join(folder, 'lab.img'), join(folder, 'lab-2.img')]);
  assert.equal((await captured(paths[1] ?? '', store)).layout.diskId, '12345678');
  let left = 20;
  const chunk = (id: string, length: number): Promise<Buffer> =>
    left-- > 0 ? store.chunk(id, length) : Promise.reject(new Error('the store is gone'));
  for (const write of [exportRaw, exportQcow2]) {
    left = 20;
    await assert.rejects(write({ index, chunk, path: join(folder, 'half'), signal }), /the store is gone/);
  }
  assert.ok(!(await readdir(folder)).some((name) => name.startsWith('.tmp-') || name.startsWith('half')));
});

test('a raw partition becomes a disk of its own, whose boot sector knows its place', {
  skip,
  timeout: 160_000,
}, async (t) => {
  const folder = await scratch(t);
  const volume = await ntfsVolume(join(folder, 'sda1.img'), 40 * MIB);
  await using file = await open(volume, 'r+');
  // It began at sector 63.
  await file.write(Buffer.from([63, 0, 0, 0]), 0, 4, 28);
  const packed = `${volume}.gz`;
  await run(['gzip', '--keep', '--fast', volume]);
  for (const path of [volume, packed]) {
    const opened = await openImport(path, { signal, workFolder: folder });
    assert.ok(opened.kind === 'source');
    await using source = opened.source;
    const store = depot();
    const { index, warnings } = await importSource({ ...about, source, sink: store });
    assert.match(warnings.join(), /--mbr FILE/);
    const { paths } = await exportRaw({ index, chunk: store.chunk, path: `${path}.raw`, signal });
    const disk = await readFile(paths[0] ?? '');
    assert.equal(disk.toString('latin1', MIB + 3, MIB + 7), 'NTFS');
    assert.equal(disk.readUInt32LE(MIB + 28), 2048);
    assert.deepEqual(
      contents(await captured(paths[0] ?? '', depot())),
      contents(await captured(paths[0] ?? '', store)),
    );
  }
});

test('a raw disk that is compressed and split is unpacked', { skip, timeout: 160_000 }, async (t) => {
  const folder = await scratch(t);
  const master = await sampleDisk(folder, 'gpt');
  const index = await captured(master, depot());
  await run(['zstd', '-q', '-1', master, '-o', `${master}.zst`]);
  await run(['split', '-b', '3M', `${master}.zst`, join(folder, 'disk.zst.')]);
  const opened = await openImport(join(folder, 'disk.zst.aa'), { signal, workFolder: folder });
  assert.ok(opened.kind === 'disk');
  await using disk = opened;
  assert.deepEqual(contents(await captured(disk.path, depot())), contents(index));
});
