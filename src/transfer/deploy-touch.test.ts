import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { readLayout } from '../disk/index.ts';
import { Crew } from './crew/crew.ts';
import { deployDisk } from './deploy-disk.ts';
import type { DeployOptions } from './deploy-options.ts';
import { finishDisk } from './finish-disk.ts';
import { Depot } from './test-support/depot.ts';
import { blankFile, MIB, patch, scratch } from './test-support/master.ts';
import { syntheticImage } from './test-support/synthetic-image.ts';

/** A disk that starts and holds the image already, and what deploys it again. */
async function imagedDisk(t: TestContext): Promise<{ disk: string; depot: Depot; options: DeployOptions }> {
  const depot = new Depot();
  const chunks = [9, 8, 7, 6, 5].map((fill) => ({ fill, use: 'all' as const }));
  const index = syntheticImage([{ chunks, lastSectors: 2048 }], depot);
  const disk = await blankFile(join(await scratch(t), 'disk'), index.layout.diskBytes);
  const options: DeployOptions = {
    disk,
    index,
    layout: index.layout,
    source: depot,
    saveTable: () => Promise.resolve(),
    signal: new AbortController().signal,
    verify: true,
  };
  await deployDisk(options);
  await finishDisk(options);
  return { disk, depot, options };
}

test('until the first chunk is in hand not a byte of the disk changes', async (t) => {
  const { disk, depot, options } = await imagedDisk(t);
  await patch(disk, 2 * MIB, randomBytes(MIB));
  const before = await readFile(disk);
  let touched = 0;
  const watched = { ...options, onTouch: () => void touched++ };
  const isAsBefore = async (words: string) => assert.ok((await readFile(disk)).equals(before), words);

  const fetched = depot.fetches.length;
  depot.answer = async (frame, _, fetches) => {
    if (fetches === fetched + 1) throw new Error('chunk-missing');
    await setImmediate();
    return frame;
  };
  await assert.rejects(deployDisk(watched), /chunk-missing/);
  assert.equal(depot.fetches.length, fetched + 2);
  await isAsBefore('one chunk is missing, and another came when that was known');

  const controller = new AbortController();
  depot.answer = (frame) => {
    controller.abort(new Error('cancel'));
    return frame;
  };
  await assert.rejects(deployDisk({ ...watched, signal: controller.signal }), /cancel/);
  await isAsBefore('cancelled while the first chunk was on its way');

  depot.answer = (frame) => frame;
  const partitions = options.layout.partitions.map((one) => ({ ...one, type: 'EE' }));
  const saveTable = () => assert.fail('too late');
  const impossible = deployDisk({ ...watched, saveTable, layout: { ...options.layout, partitions } });
  await assert.rejects(impossible, { code: 'table-unwritable' });
  await isAsBefore('its table could not be written');
  assert.equal(touched, 0);

  const report = await deployDisk(watched);
  assert.equal(touched, 1);
  assert.ok(report.reusedBytes > 0);
});

test('the old table is gone from the disk itself before the first byte of data is written', async (t) => {
  const { disk, options } = await imagedDisk(t);
  await patch(disk, 2 * MIB, randomBytes(MIB));
  const handle = await open(disk);
  const proto: Pick<FileHandle, 'write' | 'datasync'> = Object.getPrototypeOf(handle);
  await handle.close();
  const done: unknown[] = [];
  const { write, datasync } = proto;
  t.mock.method(proto, 'write', function (this: FileHandle, ...args: unknown[]) {
    done.push(args[3]);
    return Reflect.apply(write, this, args);
  });
  const jobs = t.mock.method(Crew.prototype, 'perform');
  const wrote = (): boolean => jobs.mock.calls.some(({ arguments: [job] }) => job.op === 'write');
  t.mock.method(proto, 'datasync', async function (this: FileHandle) {
    await datasync.call(this);
    done.push(wrote() ? 'sync of data' : 'sync');
  });
  await deployDisk(options);
  assert.ok(wrote());
  t.mock.restoreAll();
  const wipe = done.indexOf(0);
  assert.ok(wipe >= 0 && done.slice(0, wipe).every((one) => one === 'sync'), 'the wipe comes first');
  assert.equal(done[wipe + 1], 'sync', 'nothing is written before the wipe is on the disk');
});

test('a disk that holds everything already is made unbootable all the same', async (t) => {
  const { disk, depot, options } = await imagedDisk(t);
  // The first partition begins past what is wiped here, so that every chunk stays right.
  let touched = false;
  const fetched = depot.fetches.length;
  await deployDisk({
    ...options,
    onTouch: () => {
      touched = true;
    },
  });
  assert.equal(depot.fetches.length, fetched, 'nothing was to be written');
  assert.equal(touched, true);
  await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
});
