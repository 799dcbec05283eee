import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inventorySchema } from '../../protocol/index.ts';
import { readDmi } from './dmi.ts';
import { readDriverless } from './driverless.ts';
import { readInventory } from './inventory.ts';
import { readNics } from './nics.ts';

/** A folder that looks like /sys; a value of `null` makes a folder, where a file cannot be read. */
async function fakeSys(t: TestContext, files: Record<string, string | null>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-sys-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, text === null ? path : dirname(path)), { recursive: true });
    if (text !== null) await writeFile(join(root, path), text);
  }
  return root;
}

const DMI = 'class/dmi/id';

test('DMI: trimmed, the UUID in lower case, what is empty or cannot be read is null', async (t) => {
  const root = await fakeSys(t, {
    [`${DMI}/product_uuid`]: '4C4C4544-0042-3510-8054-B7C04F564831\n',
    [`${DMI}/product_serial`]: '  \n',
    [`${DMI}/chassis_serial`]: null,
    [`${DMI}/sys_vendor`]: 'Dell Inc.\n',
    [`${DMI}/product_name`]: 'OptiPlex 780                 \n',
  });
  assert.deepEqual(await readDmi(root), {
    uuid: '4c4c4544-0042-3510-8054-b7c04f564831',
    serial: null,
    manufacturer: 'Dell Inc.',
    product: 'OptiPlex 780',
  });
});

test('network cards: real ones only, the booted one first, speed and link as far as they are known', async (t) => {
  const card = (name: string, mac: string, more: Record<string, string | null> = {}) => ({
    [`class/net/${name}/address`]: `${mac}\n`,
    [`class/net/${name}/type`]: '1\n',
    [`class/net/${name}/device`]: null,
    ...more,
  });
  const root = await fakeSys(t, {
    ...card('eth0', '52:54:00:00:00:01', { 'class/net/eth0/speed': '-1\n', 'class/net/eth0/carrier': null }),
    ...card('eth1', '52:54:00:00:00:02', {
      'class/net/eth1/speed': '1000\n',
      'class/net/eth1/carrier': '1\n',
    }),
    'class/net/lo/address': '00:00:00:00:00:00\n',
    'class/net/lo/type': '772\n',
    'class/net/br0/address': '52:54:00:00:00:03\n',
    'class/net/br0/type': '1\n',
  });
  assert.deepEqual(await readNics('eth1', root), [
    { name: 'eth1', mac: '52:54:00:00:00:02', speedMbit: 1000, link: true, booted: true },
    { name: 'eth0', mac: '52:54:00:00:00:01', speedMbit: null, link: false, booted: false },
  ]);
});

test('controllers without a driver: storage and network only', async (t) => {
  const root = await fakeSys(t, {
    'bus/pci/devices/0000:00:01.0/class': '0x010400\n',
    'bus/pci/devices/0000:00:01.0/modalias': 'pci:v00008086d00009A0B\n',
    'bus/pci/devices/0000:00:02.0/class': '0x020000\n',
    'bus/pci/devices/0000:00:02.0/modalias': 'pci:v00008086d0000100E\n',
    'bus/pci/devices/0000:00:03.0/class': '0x030000\n',
    'bus/pci/devices/0000:00:03.0/modalias': 'pci:vga\n',
  });
  await mkdir(join(root, 'bus/pci/devices/0000:00:02.0/driver'));
  assert.deepEqual(await readDriverless(root), ['pci:v00008086d00009A0B']);
});

test('this very machine has an inventory that the protocol takes', async () => {
  const inventory = await readInventory({ bootedNic: null, listDisks: async () => [] });
  if (inventory.macs.length === 0)
    inventory.macs.push({
      name: 'none',
      mac: '52:54:00:00:00:09',
      speedMbit: null,
      link: false,
      booted: false,
    });
  inventorySchema.parse(inventory);
  assert.ok(inventory.memoryBytes > 0);
});
