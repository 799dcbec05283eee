/** What `--limit` and `--host-limit` let through, measured on the cables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentTimes, secondsOf } from './agent-times.ts';
import { cableBytes, fastest, type Reading, Recorder } from './recorder.ts';
import { plain, SWARM_TEST, SwarmRoom } from './swarm-room.ts';

/** 40 Mbit/s. */
const LIMIT = 5_000_000;
/** What Ethernet, IP, TCP and HTTP add to the chunks, and the calls of the agents beside them. */
const ON_THE_WIRE = 1.1;
const WINDOW_MS = 2000;
/** What comes before a host has read it: the kernel's buffers of all its connections. */
const UNREAD_BYTES = 2_500_000;

type Cables = readonly { readonly sent: number; readonly received: number }[];

/** Orders the image for all hosts, on empty disks, and watches the cables until the end: the server's, then theirs. */
async function watched(
  room: SwarmRoom,
  wish: { readonly limit?: number; readonly hostLimit?: number },
): Promise<{ order: string; seconds: number; readings: readonly Reading<Cables>[] }> {
  await Promise.all(room.hosts.map((host) => room.blank(host)));
  await Promise.all(room.hosts.filter((host) => !host.isOn).map((host) => host.powerOn()));
  const pids = [room.room.server, ...room.hosts].map(({ process }) => process.pid);
  const marks = room.hosts.map((host) => host.process.said.here);
  const order = await room.release([], { ...wish, after: 'stay', lingerSeconds: 0 });
  const recorder = new Recorder(() => Promise.all(pids.map((pid) => cableBytes(pid))));
  await room.allRight(order);
  const readings = await recorder.stop();
  const times = await Promise.all(room.hosts.map((host, i) => agentTimes(host, marks[i])));
  return { order, seconds: secondsOf(times), readings };
}

function speed(readings: readonly Reading<Cables>[], cable: number, way: 'sent' | 'received'): number {
  return fastest(
    readings.map(({ at, value }) => ({ at, value: value[cable]?.[way] ?? Number.NaN })),
    WINDOW_MS,
  );
}

test(
  'limits hold on the cable: of what the server sends, and of what each machine receives and sends',
  SWARM_TEST,
  () =>
    SwarmRoom.with({ hosts: plain(4), contentMib: 24 }, async (room) => {
      const server = await watched(room, { limit: LIMIT });
      const sent = speed(server.readings, 0, 'sent');
      assert.ok(
        sent < LIMIT * ON_THE_WIRE,
        `--limit 40mbit: the server sent ${sent} bytes/s for two seconds`,
      );
      assert.ok(sent > LIMIT * 0.8, `--limit 40mbit: the server sent only ${sent} bytes/s`);
      const { serverBytes, peerBytes } = await room.traffic(server.order);
      assert.ok(peerBytes > 2.6 * room.imageBytes, 'neighbours give each other the rest');
      // Four times the image come in little more than the time of one.
      const one = room.imageBytes / LIMIT;
      assert.ok(server.seconds < 1.5 * one + 1, `${server.seconds} s, one copy takes ${one} s`);
      assert.ok(serverBytes < 1.4 * room.imageBytes);

      const each = await watched(room, { hostLimit: LIMIT });
      for (const [i, { name }] of room.hosts.entries()) {
        const [gave, got] = [speed(each.readings, i + 1, 'sent'), speed(each.readings, i + 1, 'received')];
        assert.ok(gave < LIMIT * ON_THE_WIRE, `--host-limit 40mbit: ${name} sent ${gave} bytes/s`);
        const most = LIMIT * ON_THE_WIRE + (UNREAD_BYTES * 1000) / WINDOW_MS;
        assert.ok(got < most, `--host-limit 40mbit: ${name} received ${got} bytes/s`);
      }
      assert.ok(
        each.seconds > 0.9 * one && each.seconds < 1.5 * one + 1,
        `${each.seconds} s, one copy takes ${one} s`,
      );
    }),
);
