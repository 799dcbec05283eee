/** Two switches joined by a link that is slower than the ports, and that all hosts behind it share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostKind, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

/** What Ethernet, IP, TCP and HTTP add to the chunks, and the agents' calls beside them. */
const ON_THE_WIRE = 1.06;

test('an image crosses the slow link between two rooms about once', SWARM_TEST, () => {
  const hosts = [0, 1, 2].flatMap((): HostKind[] => [{}, { far: true }]);
  return SwarmRoom.with({ hosts, contentMib: 48, uplinkRate: '60mbit' }, async (room) => {
    const before = await room.uplink();
    const order = await room.release();
    await room.allRight(order);
    const after = await room.uplink();
    const copies = (after.to - before.to) / room.imageBytes;
    const back = (after.from - before.from) / room.imageBytes;
    assert.ok(copies < 1.15 * ON_THE_WIRE, `${copies} copies crossed the link`);
    // What the server sent to the far room first comes back once.
    assert.ok(back < 1, `${back} copies came back`);
  });
});
