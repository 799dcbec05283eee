import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Database, HostRepository, openDatabase } from './index.ts';

const DAY = 24 * 3_600_000;

function hosts(t: TestContext): { db: Database; hosts: HostRepository } {
  const db = openDatabase(':memory:');
  t.after(() => db.destroy());
  return { db, hosts: new HostRepository(db) };
}

function macOf(number: number): string {
  return `52:54:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;
}

async function giveTask(db: Database, hostId: string, status = 'waiting'): Promise<void> {
  const id = `d-${hostId}`;
  await db
    .insertInto('deployments')
    .values({ id, kind: 'deploy', ordered_by: 'me', created_at: 0, opens_until: null })
    .execute();
  await db
    .insertInto('tasks')
    .values({
      id: `t-${hostId}`,
      deployment_id: id,
      host_id: hostId,
      host_name: hostId,
      image: 'xp',
      version: 1,
      notes: '',
      after: 'reboot',
      disk: '{}',
      status,
      state: '{}',
    })
    .execute();
}

test('candidates are the hosts with the UUID, the serial or a MAC; shared ones are told and find nobody', async (t) => {
  const { hosts: repository } = hosts(t);
  const uuid = '4c4c4544-0042-3510-8052-b3c04f4b4e32';
  await repository.insert({ id: 'a', at: 1, macs: [macOf(1)], uuid: uuid.toUpperCase(), serial: 'SAME1' });
  await repository.insert({ id: 'b', at: 2, macs: [macOf(2)], serial: 'same1 ' });
  await repository.insert({ id: 'c', at: 3, macs: [macOf(3)], serial: 'To be filled by O.E.M.' });
  await repository.insert({ id: 'd', at: 4, macs: [macOf(3)], uuid, conflict: 'doubt' });
  const idsFor = async (uuidSaid: string | null, serial: string | null, mac: string) =>
    (await repository.candidates({ uuid: uuidSaid, serial, macs: [mac] })).hosts.map((host) => host.id);
  assert.deepEqual(await idsFor(uuid, null, macOf(9)), ['a']);
  assert.deepEqual(await idsFor(null, null, macOf(3)), ['c', 'd']);
  assert.deepEqual(await idsFor(null, 'To be filled by O.E.M.', macOf(9)), []);
  const { hosts: found, shared } = await repository.candidates({ uuid, serial: 'SAME1', macs: [macOf(2)] });
  assert.deepEqual(
    found.map((host) => host.id),
    ['a', 'b'],
  );
  assert.deepEqual(shared, [{ kind: 'serial', value: 'same1' }]);
});

test('a reference is an id, a name in any case, or a MAC: the one of the manifest before one that was shown', async (t) => {
  const { db, hosts: repository } = hosts(t);
  await repository.insert({ id: 'h-a', at: 1, macs: [macOf(1)], name: 'PC_01' });
  await repository.insert({ id: 'h-b', at: 2, macs: [macOf(1), macOf(2)], name: 'PCx01' });
  assert.deepEqual(await repository.idsByReference('H-A'), ['h-a']);
  assert.deepEqual(await repository.idsByReference('pc_01'), ['h-a']);
  assert.deepEqual(new Set(await repository.idsByReference('52-54-00-00-00-01')), new Set(['h-a', 'h-b']));
  await db
    .insertInto('manifest_rows')
    .values({ mac: macOf(1), name: 'PC_01', image: 'xp', lab: null, host_id: 'h-a', place: 0 })
    .execute();
  assert.deepEqual(await repository.idsByReference(macOf(1)), ['h-a']);
  assert.deepEqual(await repository.namesLike('pc_'), ['PC_01']);
});

test('a host keeps its newest 32 MACs, and those in the manifest', async (t) => {
  const { db, hosts: repository } = hosts(t);
  await repository.insert({ id: 'a', at: 0, macs: [macOf(0)] });
  await db
    .insertInto('manifest_rows')
    .values({ mac: macOf(0), name: 'A', image: 'xp', lab: null, host_id: 'a', place: 0 })
    .execute();
  for (let i = 1; i < 50; i++) await repository.addMacs('a', [macOf(i)], i);
  const macs = (await repository.get('a'))?.macs ?? [];
  assert.equal(macs.length, 33);
  assert.equal(macs[0], macOf(49));
  assert.ok(macs.includes(macOf(0)) && macs.includes(macOf(18)) && !macs.includes(macOf(17)));
});

test('strangers are forgotten after a day, and the oldest of them when there are too many', async (t) => {
  const { db, hosts: repository } = hosts(t);
  const add = (id: string, seen: number, more: object = {}) =>
    repository.insert({ id, at: seen, macs: [macOf(seen)], last_seen: seen, ...more });
  await add('stranger', 0);
  await add('met', 1, { inventory: '{}' });
  await add('ordered', 2);
  await giveTask(db, 'ordered');
  await add('named', 3, { name: 'PC1', known: 1 });
  assert.ok(await repository.makeRoom(DAY, 10));
  const ids = async () => (await repository.all()).map((host) => host.id).toSorted();
  assert.deepEqual(await ids(), ['met', 'named', 'ordered', 'stranger']);
  assert.ok(await repository.makeRoom(DAY + 1, 10));
  assert.deepEqual(await ids(), ['met', 'named', 'ordered']);

  await add('s1', DAY - 2);
  await add('s2', DAY - 1);
  assert.ok(await repository.makeRoom(DAY, 4));
  assert.deepEqual(await ids(), ['met', 'named', 'ordered', 's2']);
  assert.ok(await repository.makeRoom(DAY + 2, 2), 'room for one beside the ordered one');
  assert.deepEqual(await ids(), ['named', 'ordered']);
  assert.equal(await repository.makeRoom(DAY + 2, 1), false, 'a host with a task is never forgotten');
});

test('merging moves MACs, rows, tasks and events, and gives the host what the manifest says', async (t) => {
  const { db, hosts: repository } = hosts(t);
  await repository.insert({ id: 'a', at: 1, macs: [macOf(1)] });
  await repository.insert({ id: 'm', at: 2, macs: [macOf(1), macOf(2)] });
  await db
    .insertInto('manifest_rows')
    .values({ mac: macOf(2), name: 'PC1', image: 'xp', lab: 'L', host_id: 'm', place: 0 })
    .execute();
  await giveTask(db, 'm');
  await db
    .insertInto('events')
    .values({ at: 1, topic: 'host', kind: 'hello', level: 'info', host_id: 'm', task_id: null, words: '' })
    .execute();
  await repository.atomically((all) => all.merge('m', 'a'));
  const [host, ...others] = await repository.all();
  assert.deepEqual(others, []);
  assert.deepEqual([host?.name, host?.lab, host?.image, host?.known], ['PC1', 'L', 'xp', 1]);
  assert.deepEqual(host?.macs.toSorted(), [macOf(1), macOf(2)]);
  assert.ok(await repository.isBusy('a'));
  assert.equal((await db.selectFrom('events').select('host_id').executeTakeFirst())?.host_id, 'a');
});
