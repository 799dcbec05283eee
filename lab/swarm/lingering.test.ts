/** How long a host that is done stays for its neighbours, and what it keeps afterwards. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import type { AgentHost } from '../torture/rig/agent-host.ts';
import { agentTimes, stayedFor } from './agent-times.ts';
import { MIB, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

const PROBE = join(import.meta.dirname, '../torture/rig/memory-probe.ts');
/** A host asks twice a second whether it is still needed. */
const HEARS_WITHIN_S = 1.4;

/** What an agent keeps that serves nobody: its programs and tables, and no chunks. */
const LEFT_BYTES = 50 * MIB;

/** Bytes that an agent keeps after a garbage collection. */
async function kept(host: AgentHost): Promise<number> {
  const { said } = host.process;
  const from = said.here;
  process.kill(await host.agentPid(), 'SIGUSR2');
  const [, bytes] = await said.waitFor(/^memory .*"kept":(\d+)/m, 10_000, from);
  return Number(bytes);
}

test(
  'a host that is done stays while a neighbour needs it, and no longer than was ordered',
  SWARM_TEST,
  () => {
    const hosts = [{ preload: PROBE }, {}, { rate: '60mbit' }];
    return SwarmRoom.with({ hosts, contentMib: 40 }, async (room) => {
      const [first, second, slow] = room.hosts;
      assert.ok(first && second && slow);
      const bounded = await room.release(room.hosts, { lingerSeconds: 2, after: 'stay' });
      await room.allRight(bounded);
      const [one = 0, two = 0, last = 9] = await Promise.all(room.hosts.map((host) => stayedFor(host)));
      for (const stayed of [one, two]) assert.ok(stayed >= 1.9 && stayed < 2.7, `stayed ${stayed} s`);
      assert.ok(last < 0.1, 'nobody needed the last one');
      await room.room.server.until(
        'the memory is given back',
        10_000,
        async () => (await kept(first)) < LEFT_BYTES,
      );

      await Promise.all(room.hosts.map((host) => room.blank(host)));
      const marks = room.hosts.map((host) => host.process.said.here);
      const free = await room.release([], { lingerSeconds: 60, after: 'reboot' });
      await room.allRight(free);
      const again = await Promise.all(
        room.hosts.map(async (host, i) => {
          const { finished } = await agentTimes(host, marks[i]);
          return { finished, stayed: await stayedFor(host, marks[i]) };
        }),
      );
      const end = again[2]?.finished ?? Number.NaN;
      for (const { finished, stayed } of again) {
        const after = (finished - end) / 1000 + stayed;
        assert.ok(finished < end ? stayed > 1 : stayed < 0.1, `stayed ${stayed} s`);
        assert.ok(after < HEARS_WITHIN_S, `stayed ${after} s longer than it was needed`);
      }
      await Promise.all(room.hosts.map((host) => host.off(5000)));
      for (const { process } of room.hosts) assert.match(process.said.text, /power: reboot/);
    });
  },
);
