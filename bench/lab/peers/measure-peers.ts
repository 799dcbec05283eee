import { existsSync } from 'node:fs';
import { labNeeds } from '../../../lab/needs.ts';
import { runNow } from '../../../lab/network/holdings.ts';
import { rounded } from '../../options.ts';
import type { LabBenchOptions } from '../options.ts';
import { libtorrent, PYTHON } from './libtorrent.ts';
import { PeerRoom, type Place } from './peer-room.ts';
import { udpcast } from './udpcast.ts';
import { unicast } from './unicast.ts';

const MIB = 1_048_576;

interface Tool {
  readonly name: string;
  /** Why it cannot be measured here, or false. */
  readonly need: string | false;
  readonly seconds: (room: PeerRoom, hosts: readonly Place[]) => Promise<number>;
}

/** What others use over the same ports: one host alone, then all of them. */
export async function measurePeers(options: LabBenchOptions, say: (line: string) => void): Promise<object> {
  const room = await PeerRoom.open(options);
  try {
    const floor = (room.bytes * 8) / options.bitsPerSecond;
    say(`${options.hosts} hosts, ${room.bytes} bytes, floor ${floor.toFixed(2)} s`);
    const results: Record<string, object> = {};
    for (const { name, need, seconds } of tools()) {
      if (need !== false) {
        results[name] = { missing: need };
        continue;
      }
      const [first] = room.hosts;
      const one = await measured(room, first === undefined ? [] : [first], seconds);
      const all = await measured(room, room.hosts, seconds);
      say(
        `${name}: one ${one.toFixed(2)} s, all ${all.toFixed(2)} s, ${(all / floor).toFixed(2)} × the floor`,
      );
      results[name] = { one_s: rounded(one), slowest_s: rounded(all), ratio: rounded(all / floor) };
    }
    const { hosts, rate, mib, congestion } = options;
    return { hosts, rate, mib, congestion, floor_s: rounded(floor), peers: results };
  } finally {
    room.close();
  }
}

async function measured(room: PeerRoom, hosts: readonly Place[], seconds: Tool['seconds']): Promise<number> {
  const taken = await seconds(room, hosts);
  await room.checkAndClear(hosts);
  return taken;
}

function tools(): readonly Tool[] {
  const torrent = torrentNeed();
  const pieces = (mib: number): Tool => ({
    name: `libtorrent_${mib}_mib`,
    need: torrent,
    seconds: (room, hosts) => libtorrent(room, hosts, mib * MIB),
  });
  return [
    { name: 'udpcast', need: labNeeds('udp-sender', 'udp-receiver'), seconds: udpcast },
    pieces(1),
    pieces(16),
    { name: 'unicast', need: labNeeds('wget'), seconds: unicast },
  ];
}

function torrentNeed(): string | false {
  if (!existsSync(PYTHON)) return 'not installed: python3';
  try {
    runNow([PYTHON, '-c', 'import libtorrent']);
    return false;
  } catch {
    return 'not installed: python3-libtorrent';
  }
}
