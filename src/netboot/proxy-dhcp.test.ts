import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { MESSAGE } from './dhcp/options.ts';
import { type DhcpPacket, decodeDhcp, encodeDhcp } from './dhcp/packet.ts';
import { discover, type Sample } from './dhcp/sample.ts';
import type { NetbootEvent } from './event.ts';
import { ProxyDhcp } from './proxy-dhcp.ts';

const ports = { server: 20_067, client: 20_068, pxe: 24_011 };

/** A proxy on a loopback address, and a relay that asks it: broadcasts do not exist on loopback. */
async function bench(t: TestContext, address: string, relayAddress: string): Promise<Bench> {
  const events: NetbootEvent[] = [];
  const proxy = new ProxyDhcp({
    interfaces: [{ address, netmask: '255.255.255.0', httpBase: `http://${address}:8080` }],
    programs: { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' },
    ports,
    clock: systemClock,
    onEvent: (event) => events.push(event),
  });
  await proxy.start(new AbortController().signal);
  t.after(() => proxy.stop());
  const relay = createSocket({ type: 'udp4', reuseAddr: true });
  relay.bind(ports.server, relayAddress);
  await once(relay, 'listening');
  t.after(() => relay.close());
  const ask = async (
    sample: Sample,
    port: number,
  ): Promise<{ packet: DhcpPacket | null; from: RemoteInfo }> => {
    const packet = { ...discover({ giaddr: relayAddress, ...sample }) };
    relay.send(encodeDhcp(packet), port, address);
    const [bytes, from]: [Buffer, RemoteInfo] = await answerOf(relay);
    return { packet: decodeDhcp(bytes), from };
  };
  return { proxy, events, relay, ask };
}

interface Bench {
  readonly proxy: ProxyDhcp;
  readonly events: NetbootEvent[];
  readonly relay: Socket;
  readonly ask: (sample: Sample, port: number) => Promise<{ packet: DhcpPacket | null; from: RemoteInfo }>;
}

function answerOf(socket: Socket): Promise<[Buffer, RemoteInfo]> {
  return new Promise((resolve) =>
    socket.once('message', (bytes, from) => resolve([Buffer.from(bytes), from])),
  );
}

test('a relayed DISCOVER and a REQUEST on 4011 are answered from our address and port', async (t) => {
  const { ask, events, proxy } = await bench(t, '127.0.2.1', '127.0.2.2');
  const offer = await ask({ architecture: 7 }, ports.server);
  assert.equal(offer.packet?.file, 'snponly.efi');
  assert.deepEqual([offer.from.address, offer.from.port], ['127.0.2.1', ports.server]);
  const ack = await ask({ architecture: 7, message: MESSAGE.request }, ports.pxe);
  assert.deepEqual([ack.from.address, ack.from.port], ['127.0.2.1', ports.pxe]);
  assert.deepEqual(
    events.map((event) => `${event.kind} ${event.mac} ${event.arch}: ${event.words}`),
    [
      'dhcp-answered 52:54:00:12:34:56 UEFI 64-bit: Firmware (UEFI 64-bit) is told to load snponly.efi from 127.0.2.1',
      'dhcp-answered 52:54:00:12:34:56 UEFI 64-bit: Firmware (UEFI 64-bit, second step) is told to load snponly.efi from 127.0.2.1',
    ],
  );
  assert.deepEqual(proxy.counts, { received: 2, malformed: 0, answered: 2, ignored: 0 });
});

test('a host that loops is left alone and reported once; as iPXE it is answered again', async (t) => {
  const { ask, events, relay, proxy } = await bench(t, '127.0.3.1', '127.0.3.2');
  for (let xid = 1; xid <= 6; xid++) await ask({ xid }, ports.server);
  for (const xid of [7, 8])
    relay.send(encodeDhcp(discover({ xid, giaddr: '127.0.3.2' })), ports.server, '127.0.3.1');
  // What comes next on the relay's port is the answer to iPXE: the two before it got none.
  const script = await ask({ userClass: 'iPXE', xid: 9 }, ports.server);
  assert.equal(script.packet?.xid, 9);
  const loops = events.filter((event) => event.kind === 'loop-stopped');
  assert.equal(loops.length, 1);
  assert.match(loops[0]?.words ?? '', /more than 6 times in 10 minutes and never became iPXE/);
  assert.equal(proxy.counts.ignored, 2);
  assert.equal((await ask({ xid: 10 }, ports.server)).packet?.xid, 10);
});

test('noise is counted and nothing else; an ignored host has its reason', async (t) => {
  const { ask, events, relay, proxy } = await bench(t, '127.0.4.1', '127.0.4.2');
  for (const bytes of [
    Buffer.of(1),
    Buffer.alloc(300, 0xff),
    encodeDhcp(discover({ vendorClass: 'MSFT 5.0' })),
  ]) {
    relay.send(bytes, ports.server, '127.0.4.1');
  }
  relay.send(encodeDhcp(discover({ architecture: 11 })), ports.server, '127.0.4.1');
  await ask({}, ports.server);
  assert.deepEqual(proxy.counts, { received: 5, malformed: 2, answered: 1, ignored: 2 });
  assert.equal(events[0]?.words, 'is ARM 64-bit UEFI; Mimeo has no boot program for it');
  assert.equal(events.length, 2);
});

test('an address that this machine lacks is said in words, and nothing stays open', async () => {
  const proxy = new ProxyDhcp({
    interfaces: [
      { address: '127.0.5.1', netmask: '255.255.255.0', httpBase: 'http://127.0.5.1' },
      { address: '203.0.113.9', netmask: '255.255.255.0', httpBase: 'http://203.0.113.9' },
    ],
    programs: {},
    ports,
    clock: systemClock,
    onEvent: () => undefined,
  });
  await assert.rejects(proxy.start(new AbortController().signal), { code: 'netboot-address-missing' });
  // Without sharing, the port could not be had if the failed start had left it open.
  const socket = createSocket('udp4');
  socket.bind(ports.server, '127.0.5.1');
  await once(socket, 'listening');
  socket.close();
});

test('an abort stops it', async () => {
  const abort = new AbortController();
  const proxy = new ProxyDhcp({
    interfaces: [{ address: '127.0.6.1', netmask: '255.255.255.0', httpBase: 'http://127.0.6.1' }],
    programs: {},
    ports,
    clock: systemClock,
    onEvent: () => undefined,
  });
  await proxy.start(abort.signal);
  abort.abort();
  await proxy.stop();
});
