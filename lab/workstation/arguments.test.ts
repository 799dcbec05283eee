import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Hardware, qemuArguments } from './arguments.ts';

const fittings = {
  serialSocket: '/run/serial',
  monitorSocket: '/run/monitor',
  uefiCode: '/ovmf/code',
  uefiVariables: '/run/variables',
};

const pc: Hardware = {
  name: 'pc-1',
  firmware: 'bios',
  disk: '/run/disk',
  diskBus: 'ahci',
  mac: '52:54:00:00:00:01',
  nic: 'e1000e',
  tap: 'tap0',
  memoryMiB: 1024,
  cpus: 1,
  uuid: '00000000-0000-4000-8000-000000000001',
  serialNumber: 'LAB1',
  manufacturer: 'Bolts, Nuts & Co',
  product: 'PC',
  clock: 'now',
  bootOrder: ['network', 'disk'],
  resetIsOff: false,
};

/** The values given to each occurrence of an option. */
function values(hardware: Hardware, option: string): string[] {
  const argv = qemuArguments(hardware, fittings);
  return argv.flatMap((word, at) => (word === option ? [argv[at + 1] ?? ''] : []));
}

test('a BIOS PC boots with its card, then from its AHCI disk', () => {
  assert.deepEqual(values(pc, '-device'), [
    'ide-hd,bus=ide.0,drive=disk0,serial=LAB1-DISK,bootindex=2',
    'e1000e,netdev=net0,mac=52:54:00:00:00:01,bootindex=1',
  ]);
});

test("a UEFI PC boots with the firmware's own network stack and its own variables", () => {
  const uefi: Hardware = { ...pc, firmware: 'uefi', nic: 'virtio-net-pci' };
  assert.match(values(uefi, '-device').at(-1) ?? '', /^virtio-net-pci,.*romfile=$/);
  assert.match(values(uefi, '-drive')[1] ?? '', /unit=1.*file=\/run\/variables$/);
});

test('a device that is not in the boot order is not tried', () => {
  const devices = values({ ...pc, bootOrder: ['disk'] }, '-device');
  assert.match(devices[0] ?? '', /bootindex=1$/);
  assert.doesNotMatch(devices[1] ?? '', /bootindex/);
});

test('a comma in a maker’s name does not end the name', () => {
  assert.match(values(pc, '-smbios')[0] ?? '', /manufacturer=Bolts,, Nuts & Co,product=PC/);
});

test('the hardware clock can be wrong, and a reset can switch off', () => {
  assert.deepEqual(values({ ...pc, clock: '1980-01-01T00:00:00' }, '-rtc'), ['base=1980-01-01T00:00:00']);
  assert.ok(qemuArguments({ ...pc, resetIsOff: true }, fittings).includes('-no-reboot'));
});
