import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { run } from '../../command.ts';
import { MimeoError } from '../../errors.ts';
import { joinRuns } from '../byte-runs.ts';
import { withNtfs } from '../mount-ntfs.ts';
import { openDisk, readAt } from '../open-disk.ts';
import { freeRunsOfMap } from '../test-support/rescue-map.ts';
import { blankFile, fillTree, MIB, makeNtfs, patch, scratch } from '../test-support/volumes.ts';
import { volumeContent } from '../volume-content.ts';
import { ntfsState, refuseUncleanNtfs } from './check-ntfs.ts';
import { leftoverRuns } from './leftovers.ts';
import { ATTRIBUTE, parseRuns } from './mft-record.ts';
import { ntfsLabel } from './ntfs-label.ts';
import { NtfsVolume, RECORD } from './ntfs-volume.ts';
import { rootFiles } from './root-files.ts';
import { freeRunsOfNtfs } from './used-clusters.ts';

const SIZE = 32 * MIB;

async function withVolume<T>(path: string, use: (volume: NtfsVolume) => Promise<T>): Promise<T> {
  await using disk = await openDisk(path, 'read');
  return await use(await NtfsVolume.open((offset, length) => readAt(disk, offset, length)));
}

const freeRunsOf = (volume: NtfsVolume) => freeRunsOfNtfs(volume, Number.MAX_SAFE_INTEGER);
const stateOf = (path: string) => withVolume(path, ntfsState);

test('a volume that was unmounted is clean, and its label is read', async (t) => {
  const path = join(await scratch(t), 'volume');
  const view = await makeNtfs(path, SIZE, ['--label', 'Größe 大']);
  assert.equal(await stateOf(path), 'clean');
  await withNtfs(view, { readOnly: false }, (root) => writeFile(join(root, 'x'), 'y'));
  assert.equal(await stateOf(path), 'clean');
  assert.equal(await withVolume(path, ntfsLabel), 'Größe 大');
});

test('the dirty flag is seen, and refused with what to do', async (t) => {
  const path = join(await scratch(t), 'volume');
  await makeNtfs(path, SIZE);
  await run(['ntfsfix', path]);
  assert.equal(await stateOf(path), 'dirty');
  await assert.rejects(
    withVolume(path, (volume) => refuseUncleanNtfs(volume, 'partition 1 of /dev/sda')),
    (error: unknown) => {
      assert.ok(error instanceof MimeoError);
      assert.equal(error.code, 'volume-dirty');
      assert.match(error.message, /partition 1 of \/dev\/sda is marked dirty/);
      assert.match(error.next, /chkdsk .*shutdown \/s \/f \/t 0/);
      return true;
    },
  );
});

test('a hibernation file counts only while a system sleeps in it', async (t) => {
  const path = join(await scratch(t), 'volume');
  const view = await makeNtfs(path, SIZE);
  for (const [magic, state] of [
    ['hibr', 'hibernated'],
    ['HIBR', 'hibernated'],
    ['wake', 'clean'],
    ['\0\0\0\0', 'clean'],
  ] as const) {
    const start = await hiberfilStart(view, path);
    await patch(path, start, Buffer.from(magic));
    assert.equal(await stateOf(path), state, magic);
  }
  const start = await hiberfilStart(view, path);
  await patch(path, start, Buffer.from('hibr'));
  await assert.rejects(
    withVolume(path, (volume) => refuseUncleanNtfs(volume, 'it')),
    { code: 'volume-hibernated', next: /powercfg \/h off/ },
  );
});

/** Where the content of a (new or old) hiberfil.sys starts; the volume is mounted by it, so it must be awake. */
async function hiberfilStart(view: Parameters<typeof withNtfs>[0], path: string): Promise<number> {
  const known = await withVolume(path, leftoverRuns);
  if (known[0] !== undefined) return known[0].start;
  await withNtfs(view, { readOnly: false }, (root) =>
    writeFile(join(root, 'hiberfil.sys'), randomBytes(3 * MIB)),
  );
  return (await withVolume(path, leftoverRuns))[0]?.start ?? assert.fail('no content');
}

test('a journal with unfinished work is no clean volume', async (t) => {
  const path = join(await scratch(t), 'volume');
  await makeNtfs(path, SIZE);
  const logAt = await withVolume(path, async (volume) => {
    const log = await volume.value(RECORD.logFile, ATTRIBUTE.data, '');
    return volume.places(log ?? assert.fail('no journal'))[0]?.start ?? 0;
  });
  const page = restartPage();
  await patch(path, logAt, page);
  await patch(path, logAt + 4096, page);
  assert.equal(await stateOf(path), 'unclean-log');
  // The newer page says that it was unmounted.
  const newer = restartPage();
  newer.writeBigUInt64LE(100n, 0x30);
  newer.writeUInt16LE(0x0002, 0x30 + 14);
  await patch(path, logAt + 4096, newer);
  assert.equal(await stateOf(path), 'clean');
});

/** A restart page of a journal that a client is using, as Windows writes it. */
function restartPage(): Buffer {
  const page = Buffer.alloc(4096);
  page.write('RSTR', 0, 'latin1');
  page.writeUInt16LE(0x1e, 4);
  page.writeUInt16LE(9, 6);
  page.writeUInt32LE(4096, 16);
  page.writeUInt32LE(4096, 20);
  page.writeUInt16LE(0x30, 24);
  page.writeBigUInt64LE(50n, 0x30);
  page.writeUInt16LE(0, 0x30 + 12);
  for (let end = 510; end < 4096; end += 512) page.writeUInt16LE(0, end);
  return page;
}

test('contents of pagefile, hiberfil and swapfile are left out, whatever their case and however many files there are', async (t) => {
  const path = join(await scratch(t), 'volume');
  const view = await makeNtfs(path, SIZE);
  const secret = randomBytes(16);
  await withNtfs(view, { readOnly: false }, async (root) => {
    for (let i = 0; i < 400; i++)
      await writeFile(join(root, `a long name so that the root folder needs blocks ${i}`), '');
    for (const name of ['PageFile.sys', 'hiberfil.sys', 'swapfile.sys']) {
      await writeFile(join(root, name), Buffer.alloc(2 * MIB, secret));
    }
    await mkdir(join(root, 'pagefile'));
  });
  const { files, runs } = await withVolume(path, async (volume) => ({
    files: await rootFiles(volume),
    runs: await leftoverRuns(volume),
  }));
  assert.ok(files.size > 400 && files.has('PAGEFILE.SYS') && files.has('$MFT'));
  assert.equal(
    runs.reduce((sum, run) => sum + run.length, 0),
    6 * MIB,
  );
  const image = await readFile(path);
  for (const { start, length } of runs) {
    assert.ok(image.subarray(start, start + length).equals(Buffer.alloc(length, secret)));
  }
});

test('a file in so many pieces that they need several records is read whole', async (t) => {
  const path = join(await scratch(t), 'volume');
  const view = await makeNtfs(path, SIZE);
  const pieces = Array.from({ length: 1500 }, () => randomBytes(4096));
  await withNtfs(view, { readOnly: false }, async (root) => {
    const file = await open(join(root, 'backwards'), 'w');
    // Written from its end, each cluster lies before the one that follows it.
    for (let i = pieces.length - 1; i >= 0; i--)
      await file.write(pieces[i] ?? Buffer.alloc(0), 0, 4096, i * 4096);
    await file.close();
  });
  await withVolume(path, async (volume) => {
    const record = (await rootFiles(volume)).get('BACKWARDS') ?? assert.fail('no file');
    const data = (await volume.value(record, ATTRIBUTE.data, '')) ?? assert.fail('no content');
    assert.ok((await volume.value(record, ATTRIBUTE.list, '')) !== null, 'all in one record');
    assert.ok(data.runs.length > 1000, `${data.runs.length} pieces`);
    assert.ok((await volume.readValue(data, 0, data.size)).equals(Buffer.concat(pieces)));
  });
});

for (const cluster of ['512', '4096', '65536']) {
  test(`partclone calls the same clusters of ${cluster} bytes free`, async (t) => {
    const folder = await scratch(t);
    const path = join(folder, 'volume');
    // A last cluster that is cut short, and a bitmap whose last byte is not full.
    const view = await makeNtfs(path, SIZE + 3 * 65536 + 512 * 5, ['--cluster-size', cluster]);
    await withNtfs(view, { readOnly: false }, (root) => fillTree(root, 120));
    const map = join(folder, 'map');
    await run(['partclone.ntfs', '-D', '-q', '-s', path, '-o', map, '-L', join(folder, 'log')]);
    const free = await withVolume(path, freeRunsOf);
    assert.deepEqual(free, joinRuns(freeRunsOfMap(await readFile(map, 'utf8'))));
    assert.ok(free.length > 5);
  });
}

test('a bitmap that is read in several pieces', async (t) => {
  const path = join(await scratch(t), 'volume');
  const bytes = 5 * 1024 * MIB;
  await makeNtfs(path, bytes, ['--cluster-size', '512']);
  const free = await withVolume(path, freeRunsOf);
  const [last] = free.slice(-1);
  assert.equal(last && last.start + last.length, bytes - 512, 'up to the copy of the boot sector');
  assert.ok(last && last.length > 2 * 1024 * MIB, 'pieces of free space are joined');
  assert.deepEqual(free, joinRuns(free));
});

test('a volume whose partition was cut short is stored whole, and that is said', async (t) => {
  const path = join(await scratch(t), 'volume');
  await makeNtfs(path, SIZE);
  await using disk = await openDisk(path, 'read');
  const lengthBytes = SIZE - MIB;
  const read = (offset: number, length: number) => readAt(disk, offset, length);
  const { used, warnings } = await volumeContent({ read, lengthBytes, name: 'partition 1' });
  assert.deepEqual(used, [{ start: 0, length: lengthBytes }]);
  assert.match(warnings.join(), /larger than its partition.*stored whole/);
});

test('a volume that is none, or damaged, is refused and never hangs', async (t) => {
  const folder = await scratch(t);
  const blank = await blankFile(join(folder, 'blank'), MIB);
  await assert.rejects(stateOf(blank), { code: 'volume-damaged' });
  const path = join(folder, 'volume');
  await makeNtfs(path, 8 * MIB);
  const good = await readFile(path);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(60_000), fc.uint8Array({ minLength: 1, maxLength: 64 })), { minLength: 1 }),
      async (damage) => {
        const bad = Buffer.from(good);
        for (const [offset, bytes] of damage) bad.set(bytes, offset);
        const read = (offset: number, length: number): Promise<Buffer> => {
          if (offset + length > bad.length) throw new MimeoError('volume-damaged', 'past the end');
          return Promise.resolve(bad.subarray(offset, offset + length));
        };
        try {
          const volume = await NtfsVolume.open(read);
          await ntfsState(volume);
          for (const { start, length } of await freeRunsOfNtfs(volume, bad.length))
            assert.ok(start + length <= bad.length);
        } catch (error) {
          assert.ok(error instanceof MimeoError && error.code === 'volume-damaged', String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('runs of any bytes end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.ok(parseRuns(Buffer.from(bytes)).length <= bytes.length);
    }),
  );
  assert.deepEqual(
    parseRuns(Buffer.from('21185634 31 02 000010 01 05 11 03 f0 00'.replaceAll(' ', ''), 'hex')),
    [
      { lcn: 0x3456, clusters: 0x18 },
      { lcn: 0x3456 + 0x100000, clusters: 2 },
      { lcn: null, clusters: 5 },
      { lcn: 0x3456 + 0x100000 - 16, clusters: 3 },
    ],
  );
});
