import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDisk } from './choose-disk.ts';
import type { DiskInfo } from './disk-info.ts';
import { parseLsblk } from './list-disks.ts';

const GB = 1_000_000_000;

function disk(device: string, changes: Partial<DiskInfo> = {}): DiskInfo {
  return {
    device,
    sizeBytes: 256 * GB,
    sectorBytes: 512,
    model: 'Disk',
    serial: `S-${device.slice(5)}`,
    transport: 'sata',
    removable: false,
    readOnly: false,
    ...changes,
  };
}

const ssd = disk('/dev/nvme0n1', { transport: 'nvme' });
const sata = disk('/dev/sda');
const stick = disk('/dev/sdb', { transport: 'usb', removable: true, sizeBytes: 16 * GB });

test('the only internal disk is chosen, never the USB stick', () => {
  assert.equal(chooseDisk([sata, stick]), sata);
  assert.throws(() => chooseDisk([stick]), { code: 'no-disk' });
  assert.throws(() => chooseDisk([disk('/dev/sdc', { transport: 'usb' })]), { code: 'no-disk' });
});

test('beside slower disks the only NVMe is chosen, two alike are not', () => {
  assert.equal(chooseDisk([sata, ssd, stick]), ssd);
  assert.throws(() => chooseDisk([sata, disk('/dev/sdc')]), { code: 'which-disk' });
  assert.throws(() => chooseDisk([ssd, disk('/dev/nvme1n1', { transport: 'nvme' })]), { code: 'which-disk' });
});

test('device, serial and size say which', () => {
  const large = disk('/dev/sdc', { sizeBytes: 1000 * GB });
  assert.equal(chooseDisk([sata, ssd], { device: '/dev/sda' }), sata);
  assert.equal(chooseDisk([sata, ssd], { serial: ' S-sda ' }), sata);
  assert.equal(chooseDisk([sata, large], { minBytes: 500 * GB }), large);
  assert.equal(chooseDisk([sata, large], { maxBytes: 500 * GB }), sata);
  assert.equal(chooseDisk([sata, ssd], { transport: 'sata' }), sata);
  assert.equal(chooseDisk([sata, stick], { device: '/dev/sdb' }), stick);
});

test('a stick is chosen only by its device or its serial number, a model by a part of its name', () => {
  assert.equal(chooseDisk([sata, stick], { serial: 'S-sdb' }), stick);
  assert.throws(() => chooseDisk([sata, stick], { transport: 'usb' }), { code: 'no-disk' });
  assert.throws(() => chooseDisk([sata, stick], { maxBytes: 20 * GB }), { code: 'no-disk' });
  const samsung = disk('/dev/sdc', { model: 'Samsung SSD 870' });
  assert.equal(chooseDisk([sata, samsung], { model: 'samsung' }), samsung);
  assert.throws(() => chooseDisk([sata, samsung], { model: 'wd' }), { message: /of model wd/ });
});

test('a disk that cannot be written is never chosen', () => {
  const locked = disk('/dev/sda', { readOnly: true });
  assert.throws(() => chooseDisk([locked]), { code: 'no-disk' });
  assert.throws(() => chooseDisk([locked], { device: '/dev/sda' }), { code: 'no-disk' });
});

test('a refusal lists what is there', () => {
  assert.throws(() => chooseDisk([sata, stick], { serial: 'X' }), {
    message:
      'No disk of this machine is a disk that can be written with serial X. There are: ' +
      '/dev/sda Disk 238.4 GiB (256,000,000,000 bytes) [sata, serial S-sda]; ' +
      '/dev/sdb Disk 14.9 GiB (16,000,000,000 bytes) [usb, removable, serial S-sdb].',
  });
  assert.throws(() => chooseDisk([]), { message: /shows no disk at all/ });
});

/** As printed by lsblk 2.38 (numbers and booleans) and older ones (texts). */
const lsblk = JSON.stringify({
  blockdevices: [
    {
      name: 'loop0',
      type: 'loop',
      size: 4096,
      'log-sec': 512,
      model: null,
      serial: null,
      tran: null,
      rm: false,
      ro: true,
    },
    {
      name: 'sda',
      type: 'disk',
      size: 500107862016,
      'log-sec': 512,
      model: 'ST500DM002 ',
      serial: 'Z3T',
      tran: 'sata',
      rm: false,
      ro: false,
    },
    {
      name: 'sdb',
      type: 'disk',
      size: '15376000000',
      'log-sec': '512',
      model: 'Cruzer',
      serial: '4C53',
      tran: 'usb',
      rm: '1',
      ro: '0',
    },
    {
      name: 'sdc',
      type: 'disk',
      size: 0,
      'log-sec': 512,
      model: 'Card Reader',
      serial: null,
      tran: 'usb',
      rm: true,
      ro: false,
    },
    {
      name: 'sr0',
      type: 'rom',
      size: 1073741312,
      'log-sec': 2048,
      model: 'DVD',
      serial: null,
      tran: 'sata',
      rm: true,
      ro: false,
    },
    {
      name: 'nvme0n1',
      type: 'disk',
      size: 256060514304,
      'log-sec': 4096,
      model: 'PM981',
      serial: 'S4',
      tran: 'nvme',
      rm: false,
      ro: false,
    },
    {
      name: 'vda',
      type: 'disk',
      size: 21474836480,
      'log-sec': 512,
      model: null,
      serial: null,
      tran: 'virtio',
      rm: false,
      ro: false,
    },
    {
      name: 'mmcblk0boot0',
      type: 'disk',
      size: 4194304,
      'log-sec': 512,
      model: null,
      serial: '0x1',
      tran: 'mmc',
      rm: false,
      ro: true,
    },
    {
      name: 'zram0',
      type: 'disk',
      size: 4194304,
      'log-sec': 4096,
      model: null,
      serial: null,
      tran: null,
      rm: false,
      ro: false,
    },
  ],
});

test('lsblk is read, and what is no disk of the machine is left out', () => {
  assert.deepEqual(
    parseLsblk(lsblk).map(({ device, sizeBytes, sectorBytes, transport, removable, model }) => [
      device,
      sizeBytes,
      sectorBytes,
      transport,
      removable,
      model,
    ]),
    [
      ['/dev/sda', 500107862016, 512, 'sata', false, 'ST500DM002'],
      ['/dev/sdb', 15376000000, 512, 'usb', true, 'Cruzer'],
      ['/dev/nvme0n1', 256060514304, 4096, 'nvme', false, 'PM981'],
      ['/dev/vda', 21474836480, 512, 'virtio', false, ''],
    ],
  );
});
