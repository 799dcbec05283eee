/** Where nobody can give to anybody: it must not be slower than without neighbours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentHost } from '../torture/rig/agent-host.ts';
import { agentTimes, secondsOf } from './agent-times.ts';
import { type HostKind, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

const COUNT = 4;
/** Finding out that a firewall drops everything, and what a busy machine makes of a measurement. */
const SLACK_S = 1;

/** Orders the image for hosts. @returns seconds from when the first was handed its task until the last disk was whole */
async function seconds(
  room: SwarmRoom,
  hosts: readonly AgentHost[],
): Promise<{ order: string; took: number }> {
  const order = await room.release(hosts, { targets: hosts.map(({ mac }) => mac), after: 'stay' });
  await room.allRight(order);
  const times = await Promise.all(hosts.map((host) => agentTimes(host)));
  return { order, took: secondsOf(times) };
}

test(
  'hosts that cannot reach each other, and one alone, are as fast as without neighbours',
  SWARM_TEST,
  () => {
    const apart = (neighbours: boolean): HostKind[] =>
      Array.from({ length: COUNT + 1 }, () => ({ isolated: true, ways: { neighbours } }));
    return SwarmRoom.with({ hosts: [...apart(true), ...apart(false)], contentMib: 32 }, async (room) => {
      const [lone, plainLone] = [room.hosts.slice(0, 1), room.hosts.slice(COUNT + 1, COUNT + 2)];
      const [group, plainGroup] = [room.hosts.slice(1, COUNT + 1), room.hosts.slice(COUNT + 2)];
      const alone = await seconds(room, lone);
      const aloneBefore = await seconds(room, plainLone);
      const walled = await seconds(room, group);
      const unicast = await seconds(room, plainGroup);
      assert.equal((await room.traffic(walled.order)).peerBytes, 0);
      assert.ok(
        alone.took < 1.05 * aloneBefore.took + SLACK_S,
        `alone ${alone.took} s, without the swarm ${aloneBefore.took} s`,
      );
      assert.ok(walled.took < 1.05 * unicast.took + SLACK_S, `${walled.took} s, unicast ${unicast.took} s`);
    });
  },
);
