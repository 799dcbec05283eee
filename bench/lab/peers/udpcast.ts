import { LabProcess } from '../../../lab/process.ts';
import { fileIn, type PeerRoom, type Place } from './peer-room.ts';

const PORT = '9000';
const PATIENCE_MS = 600_000;

/**
 * Multicast as FOG and Clonezilla run it: full duplex, starting when all receivers are there. Seconds from the
 * sender's start, with all receivers waiting for it, to the last receiver's last byte.
 */
export async function udpcast(room: PeerRoom, hosts: readonly Place[]): Promise<number> {
  const { server, network, file } = room;
  const common = ['--portbase', PORT, '--interface', server.outlet.nic, '--ttl', '32', '--nokbd'];
  const receivers = await Promise.all(
    hosts.map((host) =>
      LabProcess.start([...host.outlet.at, 'udp-receiver', ...common, '--file', fileIn(host)], {
        name: 'udp-receiver',
        holdings: network.holdings,
      }),
    ),
  );
  for (const { said } of receivers) await said.waitFor(/Udp-receiver|UDP receiver/i, 20_000);
  const from = performance.now();
  const least = ['--min-receivers', String(hosts.length), '--max-wait', '60', '--full-duplex'];
  const sender = await LabProcess.start(
    [...server.outlet.at, 'udp-sender', ...common, ...least, '--file', file],
    { name: 'udp-sender', holdings: network.holdings },
  );
  await Promise.all(receivers.map(({ said }) => said.waitFor(/Transfer complete/i, PATIENCE_MS)));
  const seconds = (performance.now() - from) / 1000;
  await Promise.all([sender.ended, ...receivers.map(({ ended }) => ended)]);
  return seconds;
}
