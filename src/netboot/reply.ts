import { parseAddress } from './dhcp/address.ts';
import { encodeSubOptions, OPTION } from './dhcp/options.ts';
import { BOOT_REPLY, type DhcpPacket } from './dhcp/packet.ts';

/** Header field `file` holds 127 bytes and a NUL. */
const LONGEST_FILE = 127;

/** Sub-option 6 of PXE's option 43, bit 3: no boot-server search, load the named file [PXE 2.1, 2.2.5]. */
const DISCOVERY_CONTROL = 6;
const USE_BOOT_FILE = 8;

/** What a reply should say. */
export interface BootAnswer {
  /** Option 53. */
  readonly message: number;
  /** Option 60. */
  readonly vendorClass: 'PXEClient' | 'HTTPClient';
  /** A TFTP name, or an absolute http:// URL. */
  readonly file: string;
  /** Whether option 43 = {6:8} goes in: BIOS wants it, edk2 drops such an offer [edk2 issue 6944]. */
  readonly discovery: boolean;
  readonly gives: 'boot-program' | 'script';
}

/**
 * The reply to one request: it never gives an address (yiaddr 0), names us as the next server, and carries
 * back what the client or a relay wants to find again (xid, flags, giaddr, options 82 and 97).
 */
export function replyTo(request: DhcpPacket, answer: BootAnswer, ourAddress: string): DhcpPacket {
  const options = new Map<number, Buffer>();
  options.set(OPTION.messageType, Buffer.of(answer.message));
  options.set(OPTION.serverId, parseAddress(ourAddress));
  options.set(OPTION.vendorClass, Buffer.from(answer.vendorClass));
  const machineId = request.options.get(OPTION.machineId);
  if (machineId) options.set(OPTION.machineId, machineId);
  if (answer.discovery) {
    const control = new Map([[DISCOVERY_CONTROL, Buffer.of(USE_BOOT_FILE)]]);
    options.set(OPTION.vendor, encodeSubOptions(control));
  }
  const fits = Buffer.byteLength(answer.file) <= LONGEST_FILE;
  if (answer.vendorClass === 'HTTPClient' || !fits) options.set(OPTION.bootFile, Buffer.from(answer.file));
  const relayed = request.options.get(OPTION.relayAgent);
  if (relayed) options.set(OPTION.relayAgent, relayed);
  return {
    op: BOOT_REPLY,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: request.flags,
    ciaddr: request.ciaddr,
    yiaddr: '0.0.0.0',
    siaddr: ourAddress,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: '',
    file: answer.vendorClass === 'PXEClient' && fits ? answer.file : '',
    options,
  };
}
