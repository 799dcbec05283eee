import { join } from 'node:path';
import { LabProcess } from '../../../lab/process.ts';
import { fileIn, type PeerRoom, type Place } from './peer-room.ts';

const PORT = 8090;
const SERVER = join(import.meta.dirname, '../../peer-server.ts');

/** Each host fetches the whole file from the server. Seconds until the last one has it. */
export async function unicast(room: PeerRoom, hosts: readonly Place[]): Promise<number> {
  const { server, network, file } = room;
  const shop = await LabProcess.start([...server.outlet.at, process.execPath, SERVER, file, String(PORT)], {
    name: 'HTTP server',
    holdings: network.holdings,
  });
  await shop.said.waitFor(/ready/, 20_000);
  const from = performance.now();
  const fetches = hosts.map(async (host) => {
    const wget = ['wget', '--quiet', '--output-document', fileIn(host)];
    const fetch = await LabProcess.start([...host.outlet.at, ...wget, `http://${server.address}:${PORT}/`], {
      name: 'wget',
      holdings: network.holdings,
    });
    const how = await fetch.ended;
    if (how !== 'it ended with status 0') throw new Error(`wget: ${how}\n${fetch.said.tail()}`);
  });
  await Promise.all(fetches);
  const seconds = (performance.now() - from) / 1000;
  await shop.stop();
  return seconds;
}
