/** Two orders of different images in one lab at the same time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SwarmView } from '../../src/api/index.ts';
import { Recorder } from './recorder.ts';
import { type HostKind, MIB, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

const OTHER = 'other-image';
const CONTENT_MIB = 40;
const SHARED_MIB = 10;

const bytesOf = ({ serverBytes, peerBytes }: SwarmView): number => serverBytes + peerBytes;

test(
  'two images at once: both come at the same pace, and what they share leaves the server once',
  SWARM_TEST,
  () => {
    const hosts = [0, 1, 2].flatMap((): HostKind[] => [{}, { image: OTHER }]);
    const more = { [OTHER]: { sharedMib: SHARED_MIB } };
    return SwarmRoom.with({ hosts, contentMib: CONTENT_MIB, more }, async (room) => {
      const [ones, others] = [0, 1].map((side) => room.hosts.filter((_, i) => i % 2 === side));
      assert.ok(ones && others);
      const one = await room.release([], { targets: ones.map(({ mac }) => mac) });
      const two = await room.release([], { targets: others.map(({ mac }) => mac) });
      const recorder = new Recorder(async () => [await room.traffic(one), await room.traffic(two)] as const);
      await Promise.all(room.hosts.map((host) => host.powerOn()));
      const ofOne = new Set((await room.allRight(one)).map(({ hostId }) => hostId));
      await room.allRight(two);
      const readings = await recorder.stop();

      const all = 3 * room.imageBytes;
      const ahead = readings.find(({ value }) => value.some((traffic) => bytesOf(traffic) >= 0.9 * all));
      const behind = Math.min(...(ahead?.value ?? []).map(bytesOf));
      assert.ok(behind > 0.5 * all, `one was at 90 % when the other was at ${(100 * behind) / all} %`);

      const [first, second] = await Promise.all([room.traffic(one), room.traffic(two)]);
      const distinct = (2 * CONTENT_MIB - SHARED_MIB) * MIB;
      const copies = (first.serverBytes + second.serverBytes) / distinct;
      assert.ok(copies < 1.3, `${copies} copies left the server`);
      const between = second.flows.filter(({ from }) => from !== null && ofOne.has(from));
      assert.ok(between.length > 0, 'hosts of the one image gave to hosts of the other');
    });
  },
);
