/** Hosts that go away in the middle: one loses power, one its cable, so that nobody is told of its connections. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentTimes, secondsOf } from './agent-times.ts';
import { longestStill, Recorder } from './recorder.ts';
import { plain, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

/** Nobody waits for a neighbour longer than 750 ms; a second more at the most is what a host that leaves may cost. */
const STILL_MS = 1750;

test('a host that loses power and one that loses its cable hold up nobody for long', SWARM_TEST, () =>
  SwarmRoom.with({ hosts: plain(6), portRate: '100mbit', contentMib: 40 }, async (room) => {
    const [victim, unplugged, ...others] = room.hosts;
    assert.ok(victim && unplugged);
    const calm = await room.release(room.hosts, { after: 'stay', lingerSeconds: 0 });
    await room.allRight(calm);
    const usual = secondsOf(await Promise.all(others.map((host) => agentTimes(host))));

    await Promise.all(room.hosts.map((host) => room.blank(host)));
    const marks = others.map((host) => host.process.said.here);
    const order = await room.release([], { after: 'stay', lingerSeconds: 0 });
    const recorder = new Recorder(() => room.traffic(order));
    await room.until(order, 2);
    await Promise.all([victim.powerCut(), room.room.network.pullCable(unplugged.outlet)]);
    const times = await Promise.all(others.map((host, i) => agentTimes(host, marks[i])));
    const readings = await recorder.stop();
    await room.room.network.plugCable(unplugged.outlet);
    await victim.powerOn();
    const tasks = await room.allRight(order);

    const took = secondsOf(times);
    for (const { hostId, hostName } of tasks) {
      if (!others.some(({ name }) => name === hostName)) continue;
      const bytes = readings.map(({ at, value: { hosts } }) => {
        const { fromServer = 0, fromPeers = 0 } = hosts.find((host) => host.hostId === hostId) ?? {};
        return { at, value: fromServer + fromPeers };
      });
      const under = bytes.filter(({ value }) => value > 0 && value < room.imageBytes);
      const still = longestStill(under);
      assert.ok(still < STILL_MS, `${hostName} got nothing for ${still} ms`);
    }
    assert.ok(took < usual + 2, `${took} s, and ${usual} s when nobody leaves`);
  }),
);
