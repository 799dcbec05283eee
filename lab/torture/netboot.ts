import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../src/clock.ts';
import { decodeDhcp, listBootFiles, ProxyDhcp, TftpServer } from '../../src/netboot/index.ts';
import { PacketNoise } from './packet-noise.ts';

/** High ports on loopback: nothing of it reaches a network, and no privilege is needed. */
const ADDRESS = '127.0.9.1';
const RELAY = '127.0.9.2';
const PORTS = { server: 30_067, client: 30_068, pxe: 34_011 };
const TFTP_PORT = 30_069;

/** Packets sent before the servers are given time to read them; the kernel's buffer holds more. */
const BATCH = 64;
/** What may be in memory more at the end than after the first tenth: less than what each packet would leave behind. */
const MOST_GROWTH_MIB = 32;

/**
 * Throws random packets, noise and nearly valid ones, at the live DHCP and TFTP sockets. Passed: packets that
 * the servers read and survived. Failed: 0, or 1 for each promise broken (an exception, memory that grows, a
 * valid question left unanswered at the end, transfers left over); `words` says which.
 */
export async function tortureNetboot(options: {
  packets: number;
  seed?: number;
}): Promise<{ passed: number; failed: number; words: string }> {
  const seed = options.seed ?? Date.now() >>> 0;
  const noise = new PacketNoise(seed, RELAY);
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-torture-netboot-'));
  await writeFile(join(folder, 'undionly.kpxe'), Buffer.alloc(3000, 1));
  const events = new Map<string, number>();
  const onEvent = (event: { kind: string }): void =>
    void events.set(event.kind, (events.get(event.kind) ?? 0) + 1);
  const broken: string[] = [];
  const onException = (error: unknown): void => void broken.push(`exception: ${String(error)}`);
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onException);

  const card = { address: ADDRESS, netmask: '255.255.255.0', httpBase: `http://${ADDRESS}:8080` };
  const programs = { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' };
  const proxy = new ProxyDhcp({ interfaces: [card], programs, ports: PORTS, clock: systemClock, onEvent });
  const tftp = new TftpServer({
    addresses: [ADDRESS],
    port: TFTP_PORT,
    files: await listBootFiles(folder),
    clock: systemClock,
    onEvent,
    timeoutMs: 2,
    limits: { sessions: 64, perClient: 64 },
  });
  const senders: Socket[] = [];
  try {
    const { signal } = new AbortController();
    await proxy.start(signal);
    await tftp.start(signal);
    for (let i = 0; i < 8; i++) senders.push(await sender(i === 0 ? PORTS.server : 0));
    const memory = await bombard(
      options.packets,
      noise,
      senders,
      () => proxy.counts.received + tftp.counts.received,
    );
    const growth = (memory.end - memory.start) / 2 ** 20;
    if (growth > MOST_GROWTH_MIB) broken.push(`memory grew by ${growth.toFixed(0)} MiB`);
    if (!(await isAnswered(senders[0], noise))) broken.push('a valid DISCOVER got no answer at the end');
    while (tftp.running > 0) await systemClock.delay(20); // every client has fallen silent: they all must give up
    const received = proxy.counts.received + tftp.counts.received;
    if (received < options.packets * 0.9)
      broken.push(`only ${received} of ${options.packets} packets were read`);
    const counted = [...events].map(([kind, count]) => `${kind} ${count}`).join(', ');
    const words =
      `netboot: ${options.packets} packets (seed ${seed}), ${received} read, ` +
      `${proxy.counts.malformed} no DHCP, ${tftp.counts.malformed} no TFTP request; ${counted}; ` +
      `memory ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MiB${broken.length > 0 ? `; BROKEN: ${broken.join('; ')}` : ''}`;
    return { passed: received, failed: broken.length, words };
  } finally {
    process.off('uncaughtException', onException);
    process.off('unhandledRejection', onException);
    for (const socket of senders) socket.close();
    await Promise.all([proxy.stop(), tftp.stop()]);
    await rm(folder, { recursive: true });
  }
}

async function sender(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind(port, RELAY);
  await once(socket, 'listening');
  return socket;
}

/** Sends it all, no faster than it is read; the memory in use after the first tenth and at the end, in bytes. */
async function bombard(
  packets: number,
  noise: PacketNoise,
  senders: readonly Socket[],
  received: () => number,
): Promise<{ start: number; end: number }> {
  let start = 0;
  for (let sent = 0; sent < packets; ) {
    const before = received();
    const batch = Math.min(BATCH, packets - sent);
    for (let i = 0; i < batch; i++) {
      const socket = senders[(sent + i) % senders.length];
      const tftp = noise.chance(0.4);
      const port = tftp ? TFTP_PORT : noise.chance(0.8) ? PORTS.server : PORTS.pxe;
      socket?.send(tftp ? noise.tftp() : noise.dhcp(), port, ADDRESS);
    }
    sent += batch;
    // A datagram may be dropped even here, so waiting has an end.
    for (let turns = 0; received() - before < batch && turns < 200; turns++) await breathe();
    if (start === 0 && sent >= packets / 10) start = settledMemory();
  }
  return { start, end: settledMemory() };
}

/**
 * Memory that is kept, in bytes: resident, after a garbage collection, and without V8's young generation,
 * which V8 enlarges for speed up to a fixed size.
 */
function settledMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  return process.memoryUsage.rss() - (young?.physical_space_size ?? 0);
}

/** Whether a fresh host, asking through a relay, is answered. */
async function isAnswered(relay: Socket | undefined, noise: PacketNoise): Promise<boolean> {
  if (relay === undefined) return false;
  const xid = 0x5eed_5eed;
  const heard = new Promise<boolean>((resolve) => {
    relay.on('message', (bytes) => {
      if (decodeDhcp(bytes)?.xid === xid) resolve(true);
    });
  });
  const enough = new AbortController();
  const late = systemClock.delay(5000, enough.signal).then(
    () => false,
    () => false, // aborted: the answer came first
  );
  relay.send(noise.validDiscover(xid), PORTS.server, ADDRESS);
  const answered = await Promise.race([heard, late]);
  enough.abort();
  return answered;
}

if (import.meta.main) {
  const result = await tortureNetboot({ packets: Number(process.argv[2] ?? 1_000_000) });
  console.log(result.words);
  process.exitCode = result.failed === 0 ? 0 : 1;
}
