import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiskImage } from '../../image/index.ts';
import type { DiskInfo, DiskRule } from '../disk-info.ts';
import { assignDisks } from './assign-disks.ts';
import { MIB } from './fit-types.ts';
import { GIB, imageOf } from './test-support/images.ts';

function disk(device: string, gigabytes: number, changes: Partial<DiskInfo> = {}): DiskInfo {
  return {
    device,
    sizeBytes: gigabytes * 1e9,
    sectorBytes: 512,
    model: '',
    serial: device,
    transport: 'sata',
    removable: false,
    readOnly: false,
    ...changes,
  };
}
const image = (gigabytes: number): DiskImage =>
  imageOf('gpt', [{ start: MIB, length: 10 * GIB }], { diskBytes: gigabytes * 1e9 });

const nvme = disk('/dev/nvme0n1', 256, { transport: 'nvme' });
const small = disk('/dev/sda', 250);
const large = disk('/dev/sdb', 1000);
const twin = disk('/dev/sdc', 1000);
const stick = disk('/dev/sdd', 500, { transport: 'usb' });

const chosen = (images: DiskImage[], disks: DiskInfo[], rule?: DiskRule): string[] =>
  assignDisks(images, disks, rule).map(({ device }) => device);

test('as many disks as the image has: the smaller goes to the smaller', () => {
  assert.deepEqual(chosen([image(240), image(2000)], [large, stick, small]), ['/dev/sda', '/dev/sdb']);
  assert.deepEqual(chosen([image(2000), image(240)], [small, large]), ['/dev/sdb', '/dev/sda']);
});

test('the rule says which one starts, the only other one is the other', () => {
  assert.deepEqual(chosen([image(240), image(240)], [large, twin], { device: '/dev/sdc' }), [
    '/dev/sdc',
    '/dev/sdb',
  ]);
  assert.deepEqual(chosen([image(240), image(240)], [large, nvme]), ['/dev/nvme0n1', '/dev/sdb']);
});

test('a disk of exactly the size counts among several', () => {
  assert.deepEqual(chosen([image(256), image(1000)], [nvme, large, disk('/dev/sde', 2000)]), [
    '/dev/nvme0n1',
    '/dev/sdb',
  ]);
});

test('no disk is given to two images', () => {
  const tiny = disk('/dev/sdf', 5);
  assert.deepEqual(chosen([image(256), image(900), image(950)], [nvme, large, tiny], { transport: 'nvme' }), [
    '/dev/nvme0n1',
    '/dev/sdf',
    '/dev/sdb',
  ]);
});

test('two that are alike, or too few, are refused with what is there', () => {
  assert.throws(() => chosen([image(256), image(900)], [nvme, large, twin]), {
    code: 'which-disk',
    message:
      /besides \/dev\/nvme0n1 it needs one for 900\.0 GB, and more than one choice is possible\. There are:/,
  });
  assert.throws(() => chosen([image(256), image(900)], [nvme, stick]), {
    code: 'no-disk',
    message: /this machine has too few/,
  });
});
