import { randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { MimeoError } from '../errors.ts';
import { formatAddress } from './dhcp/address.ts';
import { probeUserClass } from './dhcp/client.ts';
import { MESSAGE, OPTION } from './dhcp/options.ts';
import {
  BOOT_REPLY,
  BOOT_REQUEST,
  BROADCAST_FLAG,
  type DhcpPacket,
  decodeDhcp,
  encodeDhcp,
} from './dhcp/packet.ts';
import { bindSocket, closeSocket } from './socket.ts';

/** A server that answered the probe. */
export interface FoundServer {
  /** Its IPv4 address: option 54, else the address it sent from. */
  readonly address: string;
  /** The address it offers, or null: then it is no DHCP server but a boot server beside one. */
  readonly offers: string | null;
  /** The boot file it names to PXE clients; null where it says nothing of booting. */
  readonly bootFile: string | null;
}

export interface ProbeOptions {
  /** Our IPv4 address on the network card to ask on. */
  readonly address: string;
  /** The card's MAC, so that no address is set aside for a stranger; default: read from the system. */
  readonly mac?: string;
  /** How long to wait at most, in ms; default 4000: some servers first check that the address is free. */
  readonly timeoutMs?: number;
  /** How long to listen on after the first answer, for further servers, in ms; default 1000. */
  readonly settleMs?: number;
  /** Servers whose answers are not reported: ourselves. Default: our own address. */
  readonly ignore?: readonly string[];
  readonly signal?: AbortSignal;
  /** Default 67 and 68; other ones are for tests. */
  readonly ports?: { readonly server: number; readonly client: number };
}

/**
 * Asks a network who serves addresses there, and who else answers network boots. It sends two DISCOVERs (one
 * plain, one as a BIOS PC that network-boots), takes no address, and lists who offers.
 *
 * @throws MimeoError `netboot-port-taken`, `netboot-port-forbidden` or `netboot-address-missing` when it
 * cannot listen on the DHCP client's port; the signal's reason when aborted.
 */
export async function findDhcpServers(options: ProbeOptions): Promise<FoundServer[]> {
  const ports = options.ports ?? { server: 67, client: 68 };
  const ignore = options.ignore ?? [options.address];
  const mac = options.mac ?? macOfAddress(options.address);
  const xid = randomInt(1, 0xffff_fff0);
  const asked = [discover(mac, xid, null), discover(mac, xid + 1, options.address)];
  const found = new Map<string, FoundServer>();
  let firstAnswer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    firstAnswer = resolve;
  });
  const shared = { port: ports.client, service: 'DHCP client', shared: true, broadcast: true };
  const hear = (bytes: Buffer, from: { readonly address: string }): void => {
    const packet = decodeDhcp(bytes);
    if (packet?.op !== BOOT_REPLY || (packet.xid !== xid && packet.xid !== xid + 1)) return;
    const server = serverOf(packet, from.address);
    if (ignore.includes(server.address)) return;
    found.set(server.address, merge(found.get(server.address), server));
    firstAnswer();
  };
  const sockets: Socket[] = [];
  try {
    // Answers come by broadcast, which only a socket on all addresses hears; see ProxyDhcp for the other one.
    sockets.push(await bindSocket({ ...shared, address: '0.0.0.0', onMessage: hear }));
    const sender = await bindSocket({ ...shared, address: options.address, onMessage: hear });
    sockets.push(sender);
    await send(sender, asked, ports.server, options.address);
    const timeoutMs = options.timeoutMs ?? 4000;
    // A packet may get lost, and a switch may just have opened the port.
    const again = setTimeout(
      () => void send(sender, asked, ports.server, options.address).catch(() => undefined),
      timeoutMs / 2,
    );
    try {
      await within(timeoutMs, answered, options.signal);
      if (found.size > 0)
        await within(options.settleMs ?? 1000, new Promise(() => undefined), options.signal);
    } finally {
      clearTimeout(again);
    }
  } finally {
    await Promise.all(sockets.map(closeSocket));
  }
  return [...found.values()];
}

function serverOf(packet: DhcpPacket, from: string): FoundServer {
  const id = packet.options.get(OPTION.serverId);
  const bootFile =
    packet.file || (packet.options.get(OPTION.bootFile)?.toString('latin1').replace(/\0.*$/s, '') ?? '');
  return {
    address: id?.length === 4 ? formatAddress(id) : from,
    offers: packet.yiaddr === '0.0.0.0' ? null : packet.yiaddr,
    bootFile: bootFile === '' ? null : bootFile,
  };
}

/** One server may answer the two questions differently: what either says counts. */
function merge(before: FoundServer | undefined, now: FoundServer): FoundServer {
  return {
    address: now.address,
    offers: now.offers ?? before?.offers ?? null,
    bootFile: now.bootFile ?? before?.bootFile ?? null,
  };
}

/** @param bootingFrom our address, where it is to look like a PC that network-boots; else null */
function discover(mac: string, xid: number, bootingFrom: string | null): DhcpPacket {
  const options = new Map<number, Buffer>();
  options.set(OPTION.messageType, Buffer.of(MESSAGE.discover));
  const wanted = [OPTION.subnetMask, OPTION.router, OPTION.serverId, OPTION.vendorClass, 66, OPTION.bootFile];
  options.set(OPTION.parameterList, Buffer.from(wanted));
  if (bootingFrom !== null) {
    options.set(OPTION.vendorClass, Buffer.from('PXEClient:Arch:00000:UNDI:002001'));
    options.set(OPTION.architecture, Buffer.of(0, 0));
    options.set(OPTION.interfaceType, Buffer.of(1, 2, 1));
    options.set(OPTION.userClass, Buffer.from(probeUserClass(bootingFrom)));
  }
  const unset = '0.0.0.0';
  const chaddr = Buffer.alloc(16);
  Buffer.from(mac.replaceAll(':', ''), 'hex').copy(chaddr);
  return {
    op: BOOT_REQUEST,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid,
    secs: 0,
    flags: BROADCAST_FLAG,
    ciaddr: unset,
    yiaddr: unset,
    siaddr: unset,
    giaddr: unset,
    chaddr,
    sname: '',
    file: '',
    options,
  };
}

async function send(
  socket: Socket,
  packets: readonly DhcpPacket[],
  port: number,
  from: string,
): Promise<void> {
  for (const packet of packets) {
    await new Promise<void>((resolve, reject) => {
      socket.send(encodeDhcp(packet), port, '255.255.255.255', (error) => {
        if (!error) resolve();
        else {
          const words = `No DHCP question could be sent from ${from}: ${error.message}.`;
          reject(new MimeoError('netboot-address-missing', words, { cause: error }));
        }
      });
    });
  }
}

/** Resolves with the promise or after `ms`; rejects with the signal's reason when aborted first. */
async function within(ms: number, promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const late = new Promise<void>((resolve, reject) => {
    timer = setTimeout(resolve, ms);
    abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
  }
}

function macOfAddress(address: string): string {
  const cards = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const card = cards.find((entry) => entry.address === address);
  if (card) return card.mac;
  throw new MimeoError('netboot-address-missing', `This machine has no address ${address}.`);
}
