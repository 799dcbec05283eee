import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootOrder, parseEfibootmgr } from './efibootmgr.ts';

/** Version 18, as OVMF shows it. */
const before = `BootCurrent: 0003
Timeout: 0 seconds
BootOrder: 0001,0003,0000
Boot0000* UiApp\tFvVol(7cb8bdc9)/FvFile(462caa21)
Boot0001* UEFI QEMU HARDDISK QM00001 \tPciRoot(0x0)/Pci(0x2,0x0){auto_created_boot_option}
Boot0003* UEFI PXEv4 (MAC:525400123456)\tPciRoot(0x0)/Pci(0x3,0x0)/MAC(525400123456,1)/IPv4(0.0.0.00.0.0.0,0,0)
`;

const after = `${before.replace('0001,0003,0000', '0002,0001,0003,0000')}Boot0002* Windows Boot Manager\tHD(1,GPT,11111111-2222-3333-4444-555555555555,0x800,0x20000)/\\EFI\\Microsoft\\Boot\\bootmgfw.efi
`;

test('the boot menu is read', () => {
  const menu = parseEfibootmgr(after);
  assert.equal(menu.current, '0003');
  assert.deepEqual(menu.order, ['0002', '0001', '0003', '0000']);
  assert.deepEqual(menu.entries.at(-1), {
    number: '0002',
    label: 'Windows Boot Manager',
    path: 'HD(1,GPT,11111111-2222-3333-4444-555555555555,0x800,0x20000)/\\EFI\\Microsoft\\Boot\\bootmgfw.efi',
  });
  assert.equal(menu.entries.length, 4);
});

test('network boot stays first, the new entry follows, nothing is lost', () => {
  assert.deepEqual(bootOrder(parseEfibootmgr(before), parseEfibootmgr(after)), [
    '0003',
    '0002',
    '0001',
    '0000',
  ]);
  assert.deepEqual(bootOrder(parseEfibootmgr(after), parseEfibootmgr(after)), [
    '0003',
    '0002',
    '0001',
    '0000',
  ]);
});

test('a firmware that says nothing gets its order back', () => {
  const menu = parseEfibootmgr('BootOrder: 0001,0000\nBoot0000* A\tx\nBoot0001  B\ty\n');
  assert.deepEqual(bootOrder(menu, menu), ['0001', '0000']);
  assert.deepEqual(parseEfibootmgr(''), { current: null, order: [], entries: [] });
});
