import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { run } from '../command.ts';
import {
  checkNtfs,
  decodeSavedTable,
  fixBootSectors,
  growNtfs,
  type PartitionView,
  planFit,
  readLayout,
  withNtfs,
} from '../disk/index.ts';
import { type ImageIndex, usedRuns } from '../image/index.ts';
import { captureDisk } from './capture-disk.ts';
import { deployDisk } from './deploy-disk.ts';
import type { DeployOptions } from './deploy-options.ts';
import { finishDisk } from './finish-disk.ts';
import { TargetChunks } from './target-chunk.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, MIB, makeMaster, patch, scratch } from './test-support/master.ts';

const lives = new AbortController().signal;
const DISK = 64 * MIB;
let folder = '';
let master: PartitionView;
let frames: ReadonlyMap<string, Buffer>;
let index: ImageIndex;
let files: Map<string, string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mimeo-deploy-test-'));
  master = await makeMaster(join(folder, 'master'), DISK);
  const depot = new Depot();
  ({ index } = await captureDisk({ disk: master.disk, name: 'xp', notes: '', sink: depot, signal: lives }));
  frames = depot.frames;
  files = await hashes(master);
});
after(() => rm(folder, { recursive: true }));

/** Name and hash of every file of the volume; the pagefile's content is not kept. */
function hashes(view: PartitionView): Promise<Map<string, string>> {
  return withNtfs(view, { readOnly: true }, async (root) => {
    const found = new Map<string, string>();
    for (const name of await readdir(root)) {
      const bytes = await readFile(join(root, name));
      found.set(
        name,
        name === 'pagefile.sys' ? `${bytes.length}` : createHash('sha256').update(bytes).digest('hex'),
      );
    }
    return found;
  });
}

function depotOf(): Depot {
  const depot = new Depot();
  for (const [id, frame] of frames) depot.frames.set(id, frame);
  return depot;
}

function optionsFor(disk: string, source: Depot, sizeBytes = DISK): DeployOptions {
  const { layout } = planFit({
    image: index,
    target: { device: disk, sizeBytes, sectorBytes: 512 },
  });
  return { disk, index, layout, source, saveTable: () => Promise.resolve(), signal: lives, verify: true };
}

const sha = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

test('a deployed disk is the master: table, boot code, loader, every file', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  const depot = depotOf();
  const report = await deployDisk(optionsFor(disk, depot));
  assert.equal(report.reusedBytes, 0);
  assert.equal(report.readBack, false, 'a plain file cannot promise that');
  await finishDisk(optionsFor(disk, depot));
  assert.deepEqual(await readLayout(disk), index.layout);
  const [copy, original] = [await readFile(disk), await readFile(master.disk)];
  assert.ok(copy.subarray(0, 63 * 512).equals(original.subarray(0, 63 * 512)));
  const view = { ...master, disk };
  assert.deepEqual(await hashes(view), files);
  await checkNtfs(view);
});

test('the old table is kept elsewhere before the disk is touched, and a failure to do so stops everything', async (t) => {
  const disk = join(await scratch(t), 'disk');
  await copyFile(master.disk, disk);
  const before = await sha(disk);
  const lost = new Error('the server is away');
  const options = optionsFor(disk, depotOf());
  await assert.rejects(deployDisk({ ...options, saveTable: () => Promise.reject(lost) }), lost);
  assert.equal(await sha(disk), before);
  let hashThen = '';
  const controller = new AbortController();
  await assert.rejects(
    deployDisk({
      ...options,
      saveTable: async (bytes) => {
        assert.ok(decodeSavedTable(bytes).pieces[0]?.bytes.subarray(0, 440).equals(index.layout.bootCode));
        hashThen = await sha(disk);
      },
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase === 'surveying') controller.abort(new Error('cut'));
      },
    }),
    /cut/,
  );
  assert.equal(hashThen, before);
  assert.equal(await sha(disk), before, 'cancelled before any data was written, the disk is as it was');
});

test('a disk that is too small is refused before anything is read or written', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), 32 * MIB);
  await patch(disk, 0, randomBytes(MIB));
  const before = await sha(disk);
  const depot = depotOf();
  assert.throws(() => optionsFor(disk, depot, 32 * MIB), { code: 'disk-too-small' });
  const options = { ...optionsFor(disk, depot), saveTable: () => assert.fail('touched') };
  await assert.rejects(deployDisk(options), { code: 'disk-too-small' });
  assert.equal(await sha(disk), before);
  assert.equal(depot.fetches.length, 0);
});

test('after a cut at any moment it goes on where it was', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  const total = [...new TargetChunks(index, index.layout).all()].length;
  const depot = depotOf();
  for (let cut = 3; cut < total; cut += 3) {
    const controller = new AbortController();
    const from = depot.fetches.length;
    depot.answer = (frame, _, fetches) => {
      if (fetches - from >= 4) controller.abort(new Error('power cut'));
      return frame;
    };
    await deployDisk({ ...optionsFor(disk, depot), signal: controller.signal, inFlight: 2 }).catch(
      () => undefined,
    );
    await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
  }
  depot.answer = (frame) => frame;
  const report = await deployDisk(optionsFor(disk, depot));
  assert.ok(report.reusedBytes > 0);
  assert.ok(depot.fetches.length < total * 2, `${depot.fetches.length} fetches for ${total} chunks`);
  await finishDisk(optionsFor(disk, depot));
  assert.deepEqual(await hashes({ ...master, disk }), files);
});

test('a disk that has drifted gets back only what changed', async (t) => {
  const disk = join(await scratch(t), 'disk');
  await copyFile(master.disk, disk);
  const view = { ...master, disk };
  await withNtfs(view, { readOnly: false }, (root) => writeFile(join(root, 'file 7.bin'), 'changed'));
  const depot = depotOf();
  const report = await deployDisk(optionsFor(disk, depot));
  assert.ok(depot.fetches.length > 0 && depot.fetches.length <= 6, `${depot.fetches.length} fetched`);
  assert.ok(report.reusedBytes > report.writtenBytes);
  await finishDisk(optionsFor(disk, depot));
  // The loader in the gap was right before, and is wiped with the table.
  const [copy, original] = [await readFile(disk), await readFile(master.disk)];
  assert.ok(copy.subarray(0, 63 * 512).equals(original.subarray(0, 63 * 512)));
  assert.deepEqual(await hashes(view), files);
});

test('a larger disk is filled; a second run after growing and personalising ends the same', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), 2 * DISK);
  const target = { device: disk, sizeBytes: 2 * DISK, sectorBytes: 512 };
  const { layout, growth } = planFit({ image: index, target });
  assert.ok(growth);
  const view = { disk, sectorBytes: 512, partition: growth.partition };
  for (let attempt = 0; attempt < 2; attempt++) {
    const depot = depotOf();
    await deployDisk({ ...optionsFor(disk, depot, 2 * DISK), layout });
    if (attempt === 1) assert.ok(depot.fetches.length < 8, `${depot.fetches.length} fetched again`);
    await fixBootSectors(disk, layout);
    await growNtfs(view);
    await withNtfs(view, { readOnly: false }, (root) => writeFile(join(root, 'mine'), `attempt ${attempt}`));
    await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
  }
  await finishDisk({ disk, layout });
  await checkNtfs(view);
  const found = await hashes(view);
  assert.ok(found.delete('mine'));
  assert.deepEqual(found, files);
});

test('wrong chunks are reported and fetched again, and never reach the disk', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  const depot = depotOf();
  const bad = [
    (frame: Buffer) => Buffer.from(frame).fill(0x5a, 10, 40),
    (frame: Buffer) => frame.subarray(0, frame.length >> 1),
    () => zstdCompressSync(Buffer.alloc(64 * MIB)),
    () => zstdCompressSync(Buffer.from('another chunk')),
    () => zstdCompressSync(randomBytes(MIB)),
    () => Buffer.alloc(0),
  ];
  const seen = new Set<string>();
  depot.answer = (frame, id, fetches) => {
    if (seen.has(id)) return frame;
    seen.add(id);
    return bad[fetches % bad.length]?.(frame) ?? frame;
  };
  const report = await deployDisk(optionsFor(disk, depot));
  assert.equal(report.badChunks, depot.bad.length);
  assert.equal(depot.bad.length, seen.size);
  await finishDisk(optionsFor(disk, depot));
  assert.deepEqual(await hashes({ ...master, disk }), files);
});

test('a chunk that is always wrong ends the deploy and is named; the disk stays unbootable', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  const depot = depotOf();
  const rotten = [...new TargetChunks(index, index.layout).all()][5]?.id ?? '';
  depot.answer = (frame, id) => (id === rotten ? frame.subarray(1) : frame);
  await assert.rejects(deployDisk(optionsFor(disk, depot)), {
    code: 'chunk-damaged',
    message: new RegExp(`^Chunk ${rotten} came wrong 4 times`),
  });
  assert.equal(depot.bad.length, 4);
  await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
});

test('what reads back wrong is written once more; a disk that keeps lying is named', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  const victim = [...new TargetChunks(index, index.layout).all()][3] ?? assert.fail('too few chunks');
  const file = openSync(disk, 'r+');
  t.after(() => closeSync(file));
  const damage = (): void => {
    writeSync(file, 'DAMAGE', victim.offset + (usedRuns(victim.mask)[0]?.start ?? 0));
  };
  let damaged = false;
  const options = optionsFor(disk, depotOf());
  const report = await deployDisk({
    ...options,
    onProgress: ({ phase }) => {
      if (phase === 'verifying' && !damaged) damage();
      damaged ||= phase === 'verifying';
    },
  });
  assert.equal(report.rewrittenChunks, 1);

  await blankFile(disk, DISK);
  let ended = false;
  const keepDamaging = (): void => {
    damage();
    if (!ended) setImmediate(keepDamaging);
  };
  const lying = deployDisk({
    ...options,
    onProgress: ({ phase, doneBytes }) => {
      if (phase === 'verifying' && doneBytes === 0) keepDamaging();
    },
  });
  await assert.rejects(lying, { code: 'disk-lies', message: new RegExp(`at byte ${victim.offset} `) });
  ended = true;
});

test('a real block device is read back from the disk itself, and its table is told to the kernel', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), DISK);
  const { stdout } = await run(['losetup', '--find', '--show', path]);
  const device = stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  const depot = depotOf();
  const report = await deployDisk(optionsFor(device, depot));
  assert.equal(report.readBack, true);
  await finishDisk(optionsFor(device, depot));
  assert.deepEqual(await hashes({ ...master, disk: device }), files);
  assert.deepEqual(await hashes({ ...master, disk: path }), files);
});

test('an index whose data would be written where it does not belong is refused untouched', async (t) => {
  const disk = await blankFile(join(await scratch(t), 'disk'), DISK);
  await patch(disk, 0, randomBytes(4096));
  const before = await sha(disk);
  const options = optionsFor(disk, depotOf());
  for (const regions of [
    index.regions.map((region) => ({ ...region, startByte: region.kind === 'gap' ? 0 : region.startByte })),
    index.regions.map((region) => ({ ...region, startByte: region.startByte + 512 })),
    index.regions.map((region) => ({ ...region, partition: region.partition * 2 })),
  ]) {
    await assert.rejects(deployDisk({ ...options, index: { ...index, regions } }), { code: 'index-damaged' });
  }
  assert.equal(await sha(disk), before);
});
