import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../command.ts';
import type { DiskLayout } from '../image/index.ts';
import { placeFallbackLoader } from './boot-entry.ts';
import { fixBootSectors } from './fix-boot-sectors.ts';
import { withNtfs } from './mount-ntfs.ts';
import { ntfsState } from './ntfs/check-ntfs.ts';
import { NtfsVolume } from './ntfs/ntfs-volume.ts';
import { openDisk, readAt, writeAt } from './open-disk.ts';
import type { PartitionView } from './partition-view.ts';
import { checkNtfs, growNtfs } from './resize/grow-ntfs.ts';
import { loopDisk } from './test-support/loop-disk.ts';
import {
  blankFile,
  fillTree,
  hashTree,
  MIB,
  makeNtfs,
  patch,
  scratch,
  viewOf,
} from './test-support/volumes.ts';
import { withReadOnly } from './with-read-only.ts';

const PLACE = 2048 * 512;

/** A disk without a table whose NTFS volume starts at sector 2048, as after a deploy. */
async function diskWithVolume(
  folder: string,
  volumeBytes: number,
  diskBytes: number,
): Promise<PartitionView> {
  const volume = join(folder, 'volume');
  await withNtfs(await makeNtfs(volume, volumeBytes), { readOnly: false }, (root) => fillTree(root, 100));
  const disk = await blankFile(join(folder, 'disk'), diskBytes);
  await patch(disk, PLACE, await readFile(volume));
  return viewOf(disk, volumeBytes, PLACE);
}

function layoutOf(view: PartitionView, diskBytes: number): DiskLayout {
  return {
    table: 'mbr',
    diskBytes,
    sectorBytes: 512,
    diskId: '12345678',
    bootCode: Buffer.alloc(440),
    partitions: [view.partition],
  };
}

for (const order of ['boot sector first', 'volume first']) {
  test(`a volume grows to fill its partition and every file stays (${order})`, async (t) => {
    const folder = await scratch(t);
    const small = await diskWithVolume(folder, 40 * MIB, 128 * MIB);
    const before = await withNtfs(small, { readOnly: true }, hashTree);
    const grown = viewOf(small.disk, 120 * MIB, PLACE);
    const layout = layoutOf(grown, 128 * MIB);
    if (order === 'boot sector first') await fixBootSectors(grown.disk, layout);
    await growNtfs(grown);
    await growNtfs(grown);
    await fixBootSectors(grown.disk, layout);
    await checkNtfs(grown);
    assert.deepEqual(await fixBootSectors(grown.disk, layout), [], 'nothing is left to fix');
    assert.deepEqual(await withNtfs(grown, { readOnly: true }, hashTree), before);
    const bytes = await readFile(small.disk);
    const boot = bytes.subarray(PLACE, PLACE + 512);
    assert.equal(boot.readUInt32LE(0x1c), 2048);
    assert.equal(boot.readUInt16LE(0x1a), 255);
    assert.ok(boot.readBigUInt64LE(0x28) > 118n * 2048n);
    const copyAt = PLACE + 120 * MIB - 512;
    assert.ok(bytes.subarray(copyAt, copyAt + 512).equals(boot), 'the backup is the same');
    await using disk = await openDisk(small.disk, 'read');
    const volume = await NtfsVolume.open((offset, length) => readAt(disk, PLACE + offset, length));
    assert.equal(await ntfsState(volume), 'clean', 'Windows need not check it');
  });
}

test('geometry that no BIOS has is replaced, one that it may have is kept', async (t) => {
  const view = await diskWithVolume(await scratch(t), 20 * MIB, 32 * MIB);
  const layout = layoutOf(view, 32 * MIB);
  await patch(view.disk, PLACE + 0x18, Buffer.from([0, 0, 0, 0]));
  assert.deepEqual(await fixBootSectors(view.disk, layout), [1]);
  assert.equal((await readFile(view.disk)).readUInt32LE(PLACE + 0x18), (255 << 16) | 63);
  await patch(view.disk, PLACE + 0x1a, Buffer.from([240, 0]));
  await fixBootSectors(view.disk, layout);
  assert.equal((await readFile(view.disk)).readUInt16LE(PLACE + 0x1a), 240);
  await checkNtfs(view);
});

test('what is written to a mounted volume is on the disk, which is let go, also after a failure', async (t) => {
  const view = await diskWithVolume(await scratch(t), 20 * MIB, 32 * MIB);
  const content = randomBytes(300_000);
  await withNtfs(view, { readOnly: false }, (root) => writeFile(join(root, 'new.bin'), content));
  assert.ok((await readFile(view.disk)).includes(content.subarray(0, 4096)));
  const boom = new Error('boom');
  let seen = '';
  await assert.rejects(
    withNtfs(view, { readOnly: false }, (root) => {
      seen = root;
      return Promise.reject(boom);
    }),
    boom,
  );
  await assert.rejects(readdir(seen), { code: 'ENOENT' });
  assert.equal((await run(['losetup', '--associated', view.disk])).stdout.toString(), '');
  await withNtfs(view, { readOnly: true }, async (root) => {
    assert.ok((await readFile(join(root, 'new.bin'))).equals(content));
    await assert.rejects(writeFile(join(root, 'no'), ''), { code: 'EROFS' });
  });
});

test('a volume that comes up read-only although writing was asked for is refused', async (t) => {
  const folder = await scratch(t);
  const path = join(folder, 'volume');
  const view = await makeNtfs(path, 20 * MIB);
  await withNtfs(view, { readOnly: false }, (root) => {
    return writeFile(join(root, 'hiberfil.sys'), Buffer.concat([Buffer.from('hibr'), Buffer.alloc(8188)]));
  });
  await assert.rejects(
    withNtfs(view, { readOnly: false }, () => Promise.resolve()),
    { code: 'mount-read-only' },
  );
});

interface Esp {
  readonly image: string;
  readonly inside: (path: string) => Buffer;
  readonly write: (content: string, path: string, time: string) => Promise<void>;
  /** Places the fallback loader on a disk with this EFI partition. */
  readonly place: () => Promise<void>;
}

/** An EFI system partition with empty folders. */
async function espWith(t: TestContext, ...folders: readonly string[]): Promise<Esp> {
  const folder = await scratch(t);
  const esp = await blankFile(join(folder, 'esp'), 40 * MIB);
  await run(['mkfs.fat', '-F', '32', '-s', '1', esp]);
  const inside = (path: string): Buffer => execFileSync('mtype', ['-i', esp, `::${path}`]);
  const write = async (content: string, path: string, time: string): Promise<void> => {
    const source = join(folder, 'source');
    await writeFile(source, content);
    await run(['touch', '-d', time, source]);
    await run(['mcopy', '-o', '-m', '-i', esp, source, `::${path}`]);
  };
  await run(['mmd', '-i', esp, ...folders.map((path) => `::${path}`)]);
  const disk = await blankFile(join(folder, 'disk'), 48 * MIB);
  const layout: DiskLayout = {
    ...layoutOf(viewOf(disk, 40 * MIB, PLACE), 48 * MIB),
    table: 'gpt',
    partitions: [
      {
        ...viewOf(disk, 40 * MIB, PLACE).partition,
        type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
        gpt: { id: '11111111-2222-3333-4444-555555555555', name: '', attributes: '0000000000000000' },
      },
    ],
  };
  const place = async (): Promise<void> => {
    await patch(disk, PLACE, await readFile(esp));
    assert.deepEqual(await placeFallbackLoader(disk, layout), []);
    await truncate(esp, 0);
    await writeFile(esp, (await readFile(disk)).subarray(PLACE, PLACE + 40 * MIB));
  };
  return { image: esp, inside, write, place };
}

test('the Windows loader is copied to where every UEFI firmware looks', async (t) => {
  const { image, inside, write, place } = await espWith(t, 'EFI', 'EFI/Microsoft', 'EFI/Microsoft/Boot');
  await place();
  assert.throws(() => inside('EFI/BOOT/BOOTX64.EFI'), 'without a Windows loader nothing is made');
  await write('loader of 2020', 'EFI/Microsoft/Boot/bootmgfw.efi', '2020-01-01');
  await place();
  assert.equal(inside('EFI/BOOT/BOOTX64.EFI').toString(), 'loader of 2020');
  await write('loader of 2022', 'EFI/Microsoft/Boot/bootmgfw.efi', '2022-01-01');
  await place();
  assert.equal(inside('EFI/BOOT/BOOTX64.EFI').toString(), 'loader of 2022');
  await write('a newer one of somebody else', 'EFI/BOOT/BOOTX64.EFI', '2024-01-01');
  await place();
  assert.equal(inside('EFI/BOOT/BOOTX64.EFI').toString(), 'a newer one of somebody else');
  await run(['fsck.fat', '-n', image]);
});

test("a Linux loader is copied with what it starts, and what is there already is nobody's to replace", async (t) => {
  const { image, inside, write, place } = await espWith(t, 'EFI', 'EFI/debian');
  await write('shim', 'EFI/debian/shimx64.efi', '2024-01-01');
  await write('grub', 'EFI/debian/grubx64.efi', '2024-01-01');
  await place();
  assert.equal(inside('EFI/BOOT/BOOTX64.EFI').toString(), 'shim');
  assert.equal(inside('EFI/BOOT/grubx64.efi').toString(), 'grub');
  assert.throws(() => inside('EFI/BOOT/mmx64.efi'), 'the image has none');
  await write('a newer shim', 'EFI/debian/shimx64.efi', '2026-01-01');
  await place();
  assert.equal(inside('EFI/BOOT/BOOTX64.EFI').toString(), 'shim');
  await run(['fsck.fat', '-n', image]);
});

test('an EFI partition that cannot be read is a warning, no failure', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), 48 * MIB);
  const view = viewOf(disk, 40 * MIB, PLACE);
  const layout: DiskLayout = {
    ...layoutOf(view, 48 * MIB),
    table: 'gpt',
    partitions: [{ ...view.partition, type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B' }],
  };
  const warnings = await placeFallbackLoader(disk, layout);
  assert.match(warnings.join(), /could not be copied to EFI\/BOOT\/BOOTX64\.EFI/);
});

test('a disk cannot be written while it is read-only, and can afterwards', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 16 * MIB);
  const device = await loopDisk(t, path);
  await withReadOnly(device, async () => {
    await using disk = await openDisk(device, 'write');
    await assert.rejects(writeAt(disk, 0, Buffer.alloc(512)), { code: 'disk-failed' });
  });
  await using disk = await openDisk(device, 'write');
  await writeAt(disk, 0, Buffer.alloc(512));
});
