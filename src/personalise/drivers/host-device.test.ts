import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceIds } from './host-device.ts';

const CARD = 'pci:v00008086d00001502sv00001028sd0000052Cbc02sc00i00';

test('a PCI device has the ids that Windows gives it, in its order', () => {
  assert.deepEqual(deviceIds({ modalias: CARD, revision: 4 }), {
    hardware: [
      'PCI\\VEN_8086&DEV_1502&SUBSYS_052C1028&REV_04',
      'PCI\\VEN_8086&DEV_1502&SUBSYS_052C1028',
      'PCI\\VEN_8086&DEV_1502&CC_020000',
      'PCI\\VEN_8086&DEV_1502&CC_0200',
    ],
    compatible: [
      'PCI\\VEN_8086&DEV_1502&REV_04',
      'PCI\\VEN_8086&DEV_1502',
      'PCI\\VEN_8086&CC_020000',
      'PCI\\VEN_8086&CC_0200',
      'PCI\\VEN_8086',
      'PCI\\CC_020000',
      'PCI\\CC_0200',
    ],
    role: 'network',
    pciClass: '020000',
    name: '8086:1502',
  });
  assert.equal(
    deviceIds({ modalias: CARD, revision: null })?.hardware[0],
    'PCI\\VEN_8086&DEV_1502&SUBSYS_052C1028&REV_*',
  );
});

test('disk controllers are storage, a sound card is nothing that a host cannot do without', () => {
  const role = (modalias: string): unknown => deviceIds({ modalias, revision: 0 })?.role;
  assert.equal(role('pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01'), 'storage');
  assert.equal(role('pci:v00008086d00001C20sv00001028sd0000052Cbc04sc03i00'), null);
});

test('USB and ACPI devices have theirs, other buses are left to Windows', () => {
  const usb = deviceIds({ modalias: 'usb:v0BDAp8153d3000dc00dsc00dp00icFFiscFFip00in00', revision: null });
  assert.deepEqual(usb?.hardware, [
    'USB\\VID_0BDA&PID_8153&REV_3000&MI_00',
    'USB\\VID_0BDA&PID_8153&MI_00',
    'USB\\VID_0BDA&PID_8153&REV_3000',
    'USB\\VID_0BDA&PID_8153',
  ]);
  assert.equal(usb.compatible[0], 'USB\\CLASS_FF&SUBCLASS_FF&PROT_00');
  const acpi = deviceIds({ modalias: 'acpi:INT33A1:PNP0D80:', revision: null });
  assert.deepEqual(acpi?.hardware, ['ACPI\\VEN_INT&DEV_33A1', 'ACPI\\INT33A1', '*INT33A1']);
  assert.deepEqual(acpi.compatible, ['ACPI\\VEN_PNP&DEV_0D80', 'ACPI\\PNP0D80', '*PNP0D80']);
  for (const modalias of ['hdaudio:v10EC0269r00100100a01', 'pci:nonsense', 'usb:v1', 'acpi::', '', 'x']) {
    assert.equal(deviceIds({ modalias, revision: 1 }), null);
  }
});
