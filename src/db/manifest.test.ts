import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { HostRepository, ManifestRepository, openDatabase } from './index.ts';

const [MAC_1, MAC_2, MAC_3, DOCK] = [
  '52:54:00:00:00:01',
  '52:54:00:00:00:02',
  '52:54:00:00:00:03',
  '52:54:00:00:00:dd',
];

function fleet(t: TestContext) {
  const db = openDatabase(':memory:');
  t.after(() => db.destroy());
  const hosts = new HostRepository(db);
  const manifest = new ManifestRepository(db);
  let next = 0;
  let at = 100;
  return {
    hosts,
    /** Puts `mac name` lines in force. */
    force: (...lines: string[]) => {
      const rows = lines.map((line) => {
        const [mac = '', name = '', image = 'xp'] = line.split(' ');
        return { mac, name, image, lab: null };
      });
      return manifest.putInForce(rows, at++, () => `new-${next++}`);
    },
    met: (id: string, ...macs: string[]) => hosts.insert({ id, at: at++, macs, inventory: '{}' }),
    names: async () => Object.fromEntries((await hosts.all()).map((host) => [host.id, host.name])),
  };
}

test('a row stays with its host when its MAC (a dock) is shown by others', async (t) => {
  const { force, met, hosts, names } = fleet(t);
  await met('a', DOCK);
  await force(`${DOCK} PC-A`, `${MAC_2} PC-B`);
  await hosts.addMacs('new-0', [DOCK], 5000);
  const { doubled } = await force(`${DOCK} PC-A xp2`, `${MAC_2} PC-B`);
  assert.deepEqual(doubled, []);
  assert.deepEqual(await names(), { a: 'PC-A', 'new-0': 'PC-B' });
  assert.equal((await hosts.get('a'))?.image, 'xp2');
  await force(`${MAC_2} PC-B`);
  assert.deepEqual(await names(), { a: null, 'new-0': 'PC-B' });
});

test('two lines of one machine: the first in the file is in force, the second is told', async (t) => {
  const { force, met, names } = fleet(t);
  await met('a', MAC_1, MAC_2);
  const { doubled } = await force(`${MAC_1} LAPTOP`, `${MAC_2} LAPTOP-2`);
  assert.deepEqual(doubled, [{ mac: MAC_2, name: 'LAPTOP-2', hostName: 'LAPTOP' }]);
  assert.deepEqual(await names(), { a: 'LAPTOP' });
  await force(`${MAC_2} LAPTOP-2`, `${MAC_1} LAPTOP`);
  assert.deepEqual(await names(), { a: 'LAPTOP-2' }, 'the order of the lines counts');
  await force(`${MAC_1} LAPTOP`);
  assert.deepEqual(await names(), { a: 'LAPTOP' });
  await force();
  assert.deepEqual(await names(), { a: null });
});

test('a corrected MAC of a machine nobody has met keeps its record; a met machine keeps its own', async (t) => {
  const { force, met, hosts, names } = fleet(t);
  await force(`${MAC_1} PC-A`);
  await force(`${MAC_2} PC-A`);
  assert.deepEqual(await names(), { 'new-0': 'PC-A' });
  assert.deepEqual((await hosts.get('new-0'))?.macs, [MAC_2]);
  await met('b', MAC_3);
  await force(`${MAC_3} PC-A`);
  assert.deepEqual(await names(), { 'new-0': null, b: 'PC-A' });
});

test('a machine that others share a dock with and that nobody has met is told', async (t) => {
  const { force, hosts } = fleet(t);
  await force(`${DOCK} PC-A`, `${MAC_2} PC-B`);
  await hosts.addMacs('new-1', [DOCK], 5000);
  const { doubled } = await force(`${DOCK} PC-A`, `${MAC_2} PC-B`);
  assert.deepEqual(doubled, [{ mac: DOCK, name: 'PC-A', hostName: 'PC-B' }]);
});

test('two lines that exchange names or places change no host', async (t) => {
  const { force, names } = fleet(t);
  await force(`${MAC_1} A`, `${MAC_2} B`);
  await force(`${MAC_2} A`, `${MAC_1} B`);
  assert.deepEqual(await names(), { 'new-0': 'B', 'new-1': 'A' });
});
