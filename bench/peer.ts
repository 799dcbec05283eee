import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { labNeeds } from '../lab/needs.ts';
import type { LabNetwork, Outlet } from '../lab/network/index.ts';
import { LabProcess } from '../lab/process.ts';
import { run } from '../src/command.ts';

/** What a technician would use today over the same cable. */
export interface Peer {
  /** What it is, or why it could not be measured. */
  readonly words: string;
  /** Restores the volume once onto the device; seconds. Null when its tools are missing. */
  readonly restore: ((device: string) => Promise<number>) | null;
}

/** Of a Clonezilla over HTTP: the image as one stream, unpacked and written by partclone, not verified. */
const PIPELINE = 'wget | zstd -dc | partclone.restore';
const PORT = 8090;

/**
 * Makes the peer's image of a volume and serves it at the server's place.
 *
 * @param at `volume`: a file that holds an ext4 filesystem
 */
export async function setUpPeer(at: {
  network: LabNetwork;
  server: Outlet;
  host: Outlet;
  volume: string;
}): Promise<Peer> {
  const need = labNeeds('partclone.extfs', 'partclone.restore', 'zstd', 'wget');
  if (need !== false) return { words: `${PIPELINE}: ${need}`, restore: null };
  const { network, server, host, volume } = at;
  const image = join(network.folder, 'disks', 'peer.img');
  const log = join(network.folder, 'partclone.log');
  await run(['partclone.extfs', '--clone', '--source', volume, '--output', image, '--logfile', log]);
  await run(['zstd', '--quiet', '-3', '--rm', image]);
  const packed = `${image}.zst`;
  const serve = [process.execPath, join(import.meta.dirname, 'peer-server.ts'), packed, String(PORT)];
  const shop = await LabProcess.start([...server.at, ...serve], {
    name: 'peer server',
    holdings: network.holdings,
  });
  await shop.said.waitFor(/ready/, 20_000);
  const { size } = await stat(packed);
  return {
    words: `${PIPELINE} (${size} bytes)`,
    restore: async (device) => {
      const job = [
        process.execPath,
        join(import.meta.dirname, 'peer-restore.ts'),
        `http://10.77.0.2:${PORT}/`,
        device,
      ];
      const restore = await LabProcess.start([...host.at, ...job], {
        name: PIPELINE,
        holdings: network.holdings,
      });
      const how = await restore.ended;
      const seconds = /^seconds (\S+)$/m.exec(restore.said.text)?.[1];
      if (seconds === undefined) throw new Error(`${PIPELINE}: ${how}\n${restore.said.tail()}`);
      return Number(seconds);
    },
  };
}
