import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { desktopModules } from '../recipe/desktop-modules.ts';
import { extraModules } from '../recipe/extra-modules.ts';
import { chooseModules, moduleName } from './modules.ts';

const kernel = {
  paths: new Map(
    [
      'drivers/net/usb/r8152.ko',
      'drivers/net/usb/hso.ko',
      'drivers/ata/ata_piix.ko',
      'drivers/net/ne2k-pci.ko',
    ].map((path) => [moduleName(path), path]),
  ),
  builtIn: new Set(['fuse']),
};

test('a list takes folders and names, takes modules out, and passes over what the kernel has built in', () => {
  assert.deepEqual(chooseModules(['ne2k-pci', 'drivers/net/usb/', '-hso', 'fuse'], kernel), [
    'ne2k_pci',
    'r8152',
  ]);
});

test('an entry that names nothing stops the build', () => {
  for (const entry of ['e1000x', 'drivers/nonet/', '-r8152']) {
    assert.throws(
      () => chooseModules([entry], kernel),
      (error) => error instanceof MimeoError && error.message.includes(entry),
    );
  }
});

test('the two lists name nothing twice', () => {
  const all = [...desktopModules, ...extraModules].map(moduleName);
  assert.deepEqual(
    all.filter((name, index) => all.indexOf(name) !== index),
    [],
  );
});

test('module names are as modprobe has them', () => {
  assert.equal(moduleName('drivers/net/ethernet/8390/ne2k-pci.ko.xz'), 'ne2k_pci');
  assert.equal(moduleName('kernel/fs/fuse/fuse.ko'), 'fuse');
});
