import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabProcess } from '../../../lab/process.ts';
import { run } from '../../../src/command.ts';
import type { PeerRoom, Place } from './peer-room.ts';

/** Debian's own, which python3-libtorrent belongs to; another one may come first on the PATH. */
export const PYTHON = '/usr/bin/python3';
const PORT = 6881;
const PATIENCE_MS = 1_200_000;

/** BitTorrent, all peers told of each other. Seconds from the start to the last host's last piece. */
export async function libtorrent(
  room: PeerRoom,
  hosts: readonly Place[],
  pieceBytes: number,
): Promise<number> {
  const { server, network, file } = room;
  const torrent = join(network.folder, 'image.torrent');
  const go = join(network.folder, 'go');
  await run(['rm', '-f', go]);
  await run([PYTHON, join(import.meta.dirname, 'make-torrent.py'), file, String(pieceBytes), torrent]);
  const start = (place: Place, others: readonly Place[]): Promise<LabProcess> => {
    const addresses = others.map(({ address }) => `${address}:${PORT}`);
    const peer = [join(import.meta.dirname, 'torrent-peer.py'), torrent, place.folder, String(PORT), go];
    return LabProcess.start([...place.outlet.at, PYTHON, ...peer, ...addresses], {
      name: 'libtorrent',
      holdings: network.holdings,
    });
  };
  const seeder = await start(server, []);
  const peers = await Promise.all(
    hosts.map((host) => start(host, [server, ...hosts.filter((other) => other !== host)])),
  );
  for (const { said } of [seeder, ...peers]) await said.waitFor(/^ready$/m, 60_000);
  const from = performance.now();
  await writeFile(go, '');
  await Promise.all(peers.map(({ said }) => said.waitFor(/^whole$/m, PATIENCE_MS)));
  const seconds = (performance.now() - from) / 1000;
  await Promise.all([seeder, ...peers].map((peer) => peer.stop('SIGKILL')));
  return seconds;
}
