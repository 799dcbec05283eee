import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { run } from '../command.ts';
import { chunkIdOf, decodeIndex, encodeIndex } from '../image/index.ts';
import { captureDisk } from './capture-disk.ts';
import { decompressChunk } from './frame.ts';
import type { TransferProgress } from './ports.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, MIB, makeMaster, patch, scratch } from './test-support/master.ts';

const lives = new AbortController().signal;
let folder = '';
let master = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mimeo-capture-test-'));
  master = join(folder, 'master');
  await makeMaster(master);
});
after(() => rm(folder, { recursive: true }));

const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

test('a master is captured whole, its used blocks only, and is not changed', async () => {
  const depot = new Depot();
  const before = await hashOf(master);
  const progress: TransferProgress[] = [];
  const { index, warnings } = await captureDisk({
    disk: master,
    name: 'xp',
    notes: 'first',
    sink: depot,
    signal: lives,
    onProgress: (report) => progress.push(report),
    createdAt: '2026-01-02T03:04:05Z',
  });
  assert.equal(await hashOf(master), before);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    index.regions.map(({ kind, partition, filesystem, label, startByte }) => [
      kind,
      partition,
      filesystem,
      label,
      startByte,
    ]),
    [
      ['gap', 0, 'raw', '', 512],
      ['partition', 1, 'ntfs', 'XP', 63 * 512],
    ],
  );
  assert.deepEqual(index.layout.bootCode, (await readFile(master)).subarray(0, 440));
  assert.deepEqual([index.version, index.createdAt, index.notes], [0, '2026-01-02T03:04:05Z', 'first']);
  assert.equal(decodeIndex(encodeIndex(index)).regions.length, 2);

  for (const [id, frame] of depot.frames) assert.equal(chunkIdOf(await decompressChunk(frame)), id);
  const ids = index.regions.flatMap(({ chunks }) =>
    Array.from({ length: chunks.count }, (_, i) => chunks.id(i)),
  );
  assert.deepEqual(new Set(ids.filter((id) => id !== null)), new Set(depot.frames.keys()));
  assert.ok(ids.includes(null), 'empty chunks have no id');

  const last = progress.at(-1) ?? assert.fail('no progress');
  assert.equal(last.doneBytes, last.totalBytes);
  assert.ok(last.totalBytes > 4 * MIB && last.totalBytes < 10 * MIB, `${last.totalBytes} bytes used`);
  assert.equal(
    last.networkBytes,
    [...depot.frames.values()].reduce((sum, frame) => sum + frame.length, 0),
  );
  for (const [i, { doneBytes }] of progress.entries())
    assert.ok(doneBytes >= (progress[i - 1]?.doneBytes ?? 0));
});

test('chunks that the sink has are not sent again, and the index is the same', async () => {
  const depot = new Depot();
  const capture = () =>
    captureDisk({
      disk: master,
      name: 'xp',
      notes: '',
      sink: depot,
      signal: lives,
      createdAt: '2026-01-01T00:00:00Z',
    });
  const first = await capture();
  assert.equal(new Set(depot.puts).size, depot.puts.length, 'nothing is sent twice');
  const sent = depot.puts.length;
  const second = await capture();
  assert.equal(depot.puts.length, sent);
  const idsOf = ({ index }: typeof first) =>
    index.regions.map(({ chunks }) =>
      Array.from({ length: chunks.count }, (_, i) => [chunks.id(i), chunks.mask(i)]),
    );
  assert.deepEqual(idsOf(second), idsOf(first));
});

test('a disk that cannot be written at all can be captured', async (t) => {
  const { stdout } = await run(['losetup', '--find', '--show', '--read-only', master]);
  const device = stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  const depot = new Depot();
  await captureDisk({ disk: device, name: 'xp', notes: '', sink: depot, signal: lives });
  assert.ok(depot.puts.length > 0);
});

test('a dirty volume is refused before anything is sent', async (t) => {
  const disk = join(await scratch(t), 'dirty');
  const { partition } = await makeMaster(disk);
  const { stdout } = await run([
    'losetup',
    '--find',
    '--show',
    '--offset',
    String(partition.startByte),
    '--sizelimit',
    String(partition.lengthBytes),
    disk,
  ]);
  const device = stdout.toString().trim();
  await run(['ntfsfix', device]);
  await run(['losetup', '--detach', device]);
  const depot = new Depot();
  await assert.rejects(captureDisk({ disk, name: 'xp', notes: '', sink: depot, signal: lives }), {
    code: 'volume-dirty',
    message: /^partition 1 of .*dirty is marked dirty/,
  });
  assert.equal(depot.puts.length, 0);
});

test('a disk without a table, or with an empty one, is refused', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'blank'), 8 * MIB);
  const capture = () => captureDisk({ disk, name: 'xp', notes: '', sink: new Depot(), signal: lives });
  await assert.rejects(capture(), { code: 'table-unreadable' });
  await run(['sfdisk', '--quiet', disk], { input: 'label: dos\n' });
  await assert.rejects(capture(), { code: 'table-unreadable', message: /without a partition/ });
});

test('a dynamic disk is refused, and a table that could not be written again', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), 48 * MIB);
  const depot = new Depot();
  const capture = () => captureDisk({ disk, name: 'xp', notes: '', sink: depot, signal: lives });
  await run(['sfdisk', '--quiet', disk], { input: 'label: dos\nstart=63, type=42\n' });
  await assert.rejects(capture(), { code: 'disk-dynamic', message: /is a dynamic disk of Windows/ });
  const data = 'AF9B60A0-1431-4F62-BC68-3311714A69AD';
  await run(['sfdisk', '--quiet', disk], { input: `label: gpt\ntype=${data}\n` });
  await assert.rejects(capture(), { code: 'disk-dynamic' });
  // Small GPTs may end before sector 34, ours never does.
  const input = 'label: gpt\ntable-length: 4\nfirst-lba: 4\nstart=8, size=8\n';
  await run(['sfdisk', '--quiet', disk], { input });
  await assert.rejects(capture(), { code: 'table-unwritable', message: /^Partition 1 lies where the GPT/ });
  assert.equal(depot.puts.length, 0);
});

test('a FAT volume that was not unmounted cleanly is captured with a word', async (t) => {
  const folder = await scratch(t);
  const disk = await blankFile(join(folder, 'disk'), 48 * MIB);
  await run(['sfdisk', '--quiet', disk], { input: 'label: dos\nstart=2048, type=c\n' });
  const volume = await blankFile(join(folder, 'volume'), 40 * MIB);
  await run(['mkfs.fat', '-F', '32', '-s', '1', volume]);
  await patch(volume, 65, Buffer.from([1]));
  await patch(disk, MIB, await readFile(volume));
  const { warnings } = await captureDisk({ disk, name: 'x', notes: '', sink: new Depot(), signal: lives });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^Partition 1 of .* was not unmounted cleanly: check it on the master/);
});

test('content that nobody knows is captured whole, BitLocker with a word', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), 48 * MIB);
  await run(['sfdisk', '--quiet', disk], { input: 'label: gpt\nsize=4M\nsize=40M\n' });
  await patch(disk, MIB, Buffer.from('\xeb\x58\x90-FVE-FS-', 'latin1'));
  const depot = new Depot();
  const { index, warnings } = await captureDisk({
    disk,
    name: 'x',
    notes: '',
    sink: depot,
    signal: lives,
  });
  assert.deepEqual(
    index.regions.map(({ filesystem, chunks }) => [filesystem, chunks.count, chunks.id(3) !== null]),
    [
      ['raw', 4, true],
      ['raw', 40, true],
    ],
  );
  assert.equal(depot.puts.length, 2, 'forty-three chunks of zeros are one');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^Partition 1 of .* is encrypted by BitLocker: it is stored whole/);
});

test('a sink that fails or an abort stops it', async () => {
  const depot = new Depot();
  const full = new Error('no room');
  depot.put = () => Promise.reject(full);
  await assert.rejects(
    captureDisk({ disk: master, name: 'xp', notes: '', sink: depot, signal: lives }),
    full,
  );
  const controller = new AbortController();
  const slow = new Depot();
  const put = slow.put.bind(slow);
  slow.put = (id, frame, signal) => {
    controller.abort(new Error('cancelled'));
    return put(id, frame, signal);
  };
  await assert.rejects(
    captureDisk({ disk: master, name: 'xp', notes: '', sink: slow, signal: controller.signal }),
    /cancelled/,
  );
});

test('when it fails nothing is on its way to the sink any more', async () => {
  const depot = new Depot();
  let underWay = 0;
  let puts = 0;
  depot.put = async () => {
    // The first one is the gap, which is alone.
    if (++puts === 3) throw new Error('no room');
    underWay++;
    for (let i = 0; i < 50; i++) await turn();
    underWay--;
  };
  await assert.rejects(
    captureDisk({ disk: master, name: 'xp', notes: '', sink: depot, signal: lives }),
    /no room/,
  );
  assert.ok(puts > 3, 'others were under way');
  assert.equal(underWay, 0);
});
