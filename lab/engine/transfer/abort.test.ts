import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readLayout } from '../../../src/disk/index.ts';
import { CHUNK_BYTES, type ImageSource } from '../../../src/image/index.ts';
import { importSource } from '../../../src/transfer/index.ts';
import { labNeeds } from '../../needs.ts';
import { blankDisk, hashOf, labDisk, MIB, scratch } from '../fit/lab-disk.ts';
import { capture, deploy, lives, Shop } from './shop.ts';

const cut = new Error('cut');
const DISK_MIB = 120;

/** Numbers that spread the instants of the cuts over the whole of the work. */
const INSTANTS = Array.from({ length: 14 }, (_, i) => (i * i * 37) % 101);

test('capture, import and deploy, cut at many instants, leave nothing open and nothing half done', {
  skip: labNeeds('sfdisk', 'losetup', 'mke2fs'),
}, async (t) => {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), DISK_MIB, 'dos', [
    { start: 1, size: 110, type: '83', make: 'ext4', files: 60 },
  ]);
  const whole = new Shop();
  const index = await capture(master, whole);
  const masterHash = await hashOf(master, 0, DISK_MIB * MIB);
  const open = (): Promise<string[]> => readdir('/proc/self/fd');
  const before = (await open()).length;

  const host = await blankDisk(join(folder, 'host'), DISK_MIB);
  for (const instant of INSTANTS) {
    for (const work of [
      async (signal: AbortSignal, shop: Shop) => void (await capture(master, shop, signal)),
      async (signal: AbortSignal, shop: Shop) =>
        void (await importSource({ source: noise(110), name: 'x', notes: '', sink: shop, signal })),
      async (signal: AbortSignal, shop: Shop) => {
        for (const [id, frame] of whole.frames) shop.frames.set(id, frame);
        await deploy(host, index, shop, signal);
      },
    ]) {
      const controller = new AbortController();
      const shop = new Shop();
      let left = instant;
      shop.onWork = () => {
        if (left-- === 0) controller.abort(cut);
      };
      await work(controller.signal, shop).then(
        () => assert.ok(left >= 0, 'it went on after the cut'),
        (error: unknown) => assert.equal(error, cut),
      );
    }
    const ended = await Promise.race([closed(open, before), overdue()]);
    assert.ok(ended, 'a file stayed open');
  }
  assert.equal(await hashOf(master, 0, DISK_MIB * MIB), masterHash, 'a master is never written');
  const report = await deploy(host, index, whole);
  assert.ok(report.reusedBytes > 0, 'what the cut ones wrote counts');
  assert.deepEqual(await readLayout(host), index.layout);
  const again = await capture(host, new Shop());
  assert.deepEqual(
    again.regions.map(({ chunks }) => chunks.id(0)),
    index.regions.map(({ chunks }) => chunks.id(0)),
  );
});

/** A deploy closes its disk before it ends, a thread's own ends may come a moment later. */
async function closed(open: () => Promise<string[]>, before: number): Promise<boolean> {
  while ((await open()).length > before) await turn();
  return true;
}

async function overdue(): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 5000).unref());
  return false;
}

/** An image of somebody else's: so many MiB of noise. */
function noise(mib: number): ImageSource {
  const region = {
    kind: 'partition',
    partition: 1,
    filesystem: 'raw',
    label: '',
    startByte: MIB,
    lengthBytes: mib * MIB,
    usedBytes: null,
    async *read() {
      for (let i = 0; i < mib; i++) {
        await turn();
        yield { offset: i * CHUNK_BYTES, bytes: randomBytes(4096 * (1 + (i % 9))) };
      }
    },
  } as const;
  const partition = {
    number: 1,
    startByte: MIB,
    lengthBytes: mib * MIB,
    type: '83',
    active: false,
    gpt: null,
  };
  const layout = {
    table: 'mbr',
    diskBytes: (mib + 2) * MIB,
    sectorBytes: 512,
    diskId: '00000001',
    bootCode: Buffer.alloc(440),
    partitions: [partition],
  } as const;
  return {
    disks: [{ layout, regions: [region] }],
    description: 'noise',
    warnings: [],
    [Symbol.asyncDispose]: () => Promise.resolve(lives.throwIfAborted()),
  };
}
