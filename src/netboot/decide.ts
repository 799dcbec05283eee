import { formatAddress } from './dhcp/address.ts';
import { type BootClient, clientOf, probeUserClass } from './dhcp/client.ts';
import { MESSAGE, OPTION } from './dhcp/options.ts';
import { BOOT_REQUEST, type DhcpPacket } from './dhcp/packet.ts';
import { clientQuirkOf } from './quirks.ts';
import { type BootAnswer, replyTo } from './reply.ts';

/** What the answer depends on besides the packet. */
export interface DecideFacts {
  /** Our own IPv4 address on the network card the client is reached by. */
  readonly address: string;
  /** Where our HTTP server is reached, without a slash at the end: `http://10.0.0.2:8080`. */
  readonly httpBase: string;
  /** Path of the script iPXE starts with, from the root: `/boot/entry.ipxe`. */
  readonly entryPath: string;
  /** Path under which the boot programs are served over HTTP, ending in a slash. */
  readonly programPath: string;
  /** Names of the boot programs, per kind of firmware; a kind without one is not answered. */
  readonly programs: BootPrograms;
  /** Which of our ports the packet came to: 67, or 4011 for the second step of UEFI. */
  readonly port: 'dhcp' | 'pxe';
  /** Where the packet came from. */
  readonly from: { readonly address: string; readonly port: number };
  /** Where DHCP clients and relays listen. */
  readonly ports: { readonly server: number; readonly client: number };
}

export interface BootPrograms {
  readonly bios?: string;
  readonly uefiX64?: string;
}

export type IgnoreReason =
  | 'not-a-request'
  | 'not-booting'
  | 'other-step'
  | 'no-mac'
  | 'own-probe'
  | 'no-architecture'
  | 'no-program'
  | 'quirk';

export type Decision =
  | {
      readonly kind: 'reply';
      readonly client: BootClient;
      readonly packet: DhcpPacket;
      readonly to: { readonly address: string; readonly port: number };
      readonly gives: 'boot-program' | 'script';
      /** The file name or URL it is told to load. */
      readonly file: string;
      readonly words: string;
    }
  /** The machine goes on by itself, without us: worth a line in its timeline. */
  | { readonly kind: 'note'; readonly client: BootClient; readonly words: string }
  | {
      readonly kind: 'ignore';
      readonly client: BootClient;
      readonly reason: IgnoreReason;
      /** True for traffic that has nothing to do with booting; it belongs in no timeline. */
      readonly quiet: boolean;
      readonly words: string;
    };

/** What to say to one packet: a pure function, so that a reply never waits for anything. */
export function decide(packet: DhcpPacket, facts: DecideFacts): Decision {
  const client = clientOf(packet);
  const ignore = (reason: IgnoreReason, quiet: boolean, words: string): Decision => ({
    kind: 'ignore',
    client,
    reason,
    quiet,
    words,
  });
  if (packet.op !== BOOT_REQUEST) return ignore('not-a-request', true, 'is an answer, not a question');
  if (client.asks === null) return ignore('not-booting', true, 'asks for an address only');
  if (client.userClass === probeUserClass(facts.address))
    return ignore('own-probe', true, 'is our own probe');
  if (client.mac === null) return ignore('no-mac', false, 'network-boots from a card that is not Ethernet');

  const message = packet.options.get(OPTION.messageType)?.[0];
  const expected = facts.port === 'dhcp' ? MESSAGE.discover : MESSAGE.request;
  if (message !== expected) {
    const taken = facts.port === 'dhcp' && message === MESSAGE.request ? addressTaken(packet) : null;
    if (taken !== null) return { kind: 'note', client, words: taken };
    return ignore('other-step', true, `sends DHCP message ${message ?? 'of no type'}`);
  }
  if (client.architecture === null) {
    return ignore('no-architecture', false, 'asks to network-boot without saying what it is (option 93)');
  }
  const quirk = clientQuirkOf(client.mac, client.architecture.code);
  if (quirk) return ignore('quirk', false, `is ${quirk.words}; Mimeo has no boot program for it`);

  const answer = answerFor(client, facts);
  if (answer === null) {
    return ignore('no-program', false, `is ${client.architecture.words}; Mimeo has no boot program for it`);
  }
  return {
    kind: 'reply',
    client,
    gives: answer.gives,
    file: answer.file,
    packet: replyTo(packet, answer, facts.address),
    to: destinationOf(packet, facts),
    words: `${answer.asker} is told to load ${answer.file} from ${facts.address}`,
  };
}

function answerFor(client: BootClient, facts: DecideFacts): (BootAnswer & { asker: string }) | null {
  const architecture = client.architecture;
  if (architecture === null) return null;
  const program = programFor(client, facts.programs);
  const message = facts.port === 'dhcp' ? MESSAGE.offer : MESSAGE.ack;
  if (client.ipxe && client.ipxe.http !== false) {
    const file = `${facts.httpBase}${facts.entryPath}`;
    const asker = `iPXE (${architecture.words})`;
    return { message, vendorClass: 'PXEClient', file, discovery: false, gives: 'script', asker };
  }
  if (program === null) return null;
  if (client.asks === 'http') {
    const file = `${facts.httpBase}${facts.programPath}${program}`;
    const asker = `Firmware (${architecture.words})`;
    return { message, vendorClass: 'HTTPClient', file, discovery: false, gives: 'boot-program', asker };
  }
  return {
    message,
    vendorClass: 'PXEClient',
    file: program,
    gives: 'boot-program',
    discovery: architecture.firmware === 'bios',
    asker: client.ipxe
      ? `An iPXE without HTTP (${architecture.words})`
      : `Firmware (${architecture.words}${facts.port === 'pxe' ? ', second step' : ''})`,
  };
}

function programFor(client: BootClient, programs: BootPrograms): string | null {
  if (client.architecture?.firmware === 'bios') return programs.bios ?? null;
  if (client.architecture?.processor === 'x64') return programs.uefiX64 ?? null;
  return null;
}

/** A REQUEST on 67 goes to the site's own DHCP server; we only overhear which address it takes from whom. */
function addressTaken(packet: DhcpPacket): string | null {
  const wanted = packet.options.get(OPTION.requestedAddress);
  const server = packet.options.get(OPTION.serverId);
  if (wanted?.length !== 4 || server?.length !== 4) return null;
  return `takes the address ${formatAddress(wanted)} from the DHCP server ${formatAddress(server)}`;
}

/**
 * On 4011 the answer goes back to where the question came from (OVMF sends from 4011 itself); through a
 * relay to the relay's server port; otherwise to everybody, as the client has no address yet [RFC 2131, 4.1].
 */
function destinationOf(packet: DhcpPacket, facts: DecideFacts): { address: string; port: number } {
  if (facts.port === 'pxe') return facts.from;
  if (packet.giaddr !== '0.0.0.0') return { address: packet.giaddr, port: facts.ports.server };
  return { address: '255.255.255.255', port: facts.ports.client };
}
