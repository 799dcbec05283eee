/** Whole labs of real agents over shaped ports: they get their chunks from each other, whatever happens to some. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB, plain, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

test(
  'five hosts get an image that leaves the server about once; who had what from whom adds up',
  SWARM_TEST,
  () =>
    SwarmRoom.with({ hosts: plain(5) }, async (room) => {
      const order = await room.release();
      await room.allRight(order);
      const { serverBytes, peerBytes, hosts, flows } = await room.traffic(order);
      const image = room.imageBytes;
      assert.ok(serverBytes < 1.6 * image, `${serverBytes / image} copies left the server`);
      assert.equal(hosts.length, 5);
      for (const { fromServer, fromPeers } of hosts) {
        assert.ok(Math.abs(fromServer + fromPeers - image) < 0.02 * image, 'each got the image once');
      }
      assert.equal(
        flows.reduce((sum, { bytes }) => sum + bytes, 0),
        serverBytes + peerBytes,
      );
      assert.ok(hosts.filter(({ sent }) => sent > 0).length >= 4, 'nearly all of them gave');
      assert.ok(hosts.every(({ rates }) => rates.some((rate) => rate > MIB)));
    }),
);

test('a host that loses power in the middle, one that comes late and one behind a firewall', SWARM_TEST, () =>
  SwarmRoom.with({ hosts: [...plain(4), { isolated: true }, { isolated: true }] }, async (room) => {
    const [first, victim, , late] = room.hosts;
    assert.ok(first && victim && late);
    const order = await room.release(room.hosts.filter((host) => host !== late));
    await room.until(order, 1.2);
    await victim.powerCut();
    await late.powerOn();
    await room.until(order, 3);
    await victim.powerOn();
    const tasks = await room.allRight(order);
    const { flows } = await room.traffic(order);
    const alone = tasks
      .filter(({ hostName }) => ['PC5', 'PC6'].includes(hostName))
      .map(({ hostId }) => hostId);
    assert.equal(alone.length, 2);
    for (const { from, to } of flows) {
      const between = from !== null && alone.includes(from) && alone.includes(to);
      assert.ok(!between, 'the switch keeps these two from each other');
    }
    assert.ok(flows.some(({ from }) => from !== null));
  }),
);

test('a neighbour that sends wrong bytes harms nobody, and is named', SWARM_TEST, () =>
  SwarmRoom.with({ hosts: [...plain(4), { corrupt: true }] }, async (room) => {
    const order = await room.release();
    await room.allRight(order);
    const liar = room.hosts[4];
    assert.match(liar?.process.said.text ?? '', /corrupted body/, 'it has lied');
    const damaged = /\d neighbours got damaged chunks from it/;
    await room.room.server.process.said.waitFor(damaged, 10_000);
    const { remarks, hosts } = await room.traffic(order);
    const named = remarks.filter(({ words }) => damaged.test(words)).map(({ hostId }) => hostId);
    assert.deepEqual(
      named.map((id) => hosts.find(({ hostId }) => hostId === id)?.hostName),
      ['PC5'],
    );
    for (const command of ['show', 'traffic'])
      assert.match(
        await room.mimeo('deployment', command, order),
        /^! PC5: \d neighbours got damaged chunks/m,
      );
    assert.match(await room.mimeo('host', 'show', 'PC5'), /neighbour .*got damaged chunks from it/);
  }),
);

test('the server is killed in the middle and started again: the hosts join anew and go on', SWARM_TEST, () =>
  SwarmRoom.with({ hosts: plain(4) }, async (room) => {
    const order = await room.release();
    await room.until(order, 1.5);
    await room.room.server.kill();
    await room.room.server.switchOn();
    await room.allRight(order);
    const { hosts } = await room.traffic(order);
    assert.ok(
      hosts.some(({ fromPeers }) => fromPeers > 0),
      'also after that they gave each other',
    );
  }),
);
