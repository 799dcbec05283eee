import { type Architecture, architectureOf } from './architecture.ts';
import { decodeSubOptions, OPTION } from './options.ts';
import { type DhcpPacket, macOf } from './packet.ts';

/** iPXE's feature number for HTTP inside option 175 [iPXE features.h]. */
const IPXE_FEATURE_HTTP = 0x13;

/** Who sent a packet, in our words. */
export interface BootClient {
  /** `aa:bb:cc:dd:ee:ff`; null where the hardware is not Ethernet. */
  readonly mac: string | null;
  /** SMBIOS UUID in its usual text form, from option 97; many firmwares leave it out. */
  readonly uuid: string | null;
  /** `pxe`: option 60 starts with PXEClient; `http`: with HTTPClient; null: it is not network-booting. */
  readonly asks: 'pxe' | 'http' | null;
  /** Option 93; null where it is missing. */
  readonly architecture: Architecture | null;
  /** Set when iPXE is asking; `http` is null where it did not list its features. */
  readonly ipxe: { readonly http: boolean | null } | null;
  /** Option 77 as it came; empty where it is missing. */
  readonly userClass: string;
}

/** The user class of a probe that a Mimeo server sends from this address: it must not answer itself. */
export function probeUserClass(address: string): string {
  return `Mimeo ${address}`;
}

/** Reads from a packet who is asking. */
export function clientOf(packet: DhcpPacket): BootClient {
  const vendorClass = packet.options.get(OPTION.vendorClass)?.toString('latin1') ?? '';
  const architecture = packet.options.get(OPTION.architecture);
  return {
    mac: macOf(packet),
    uuid: uuidOf(packet.options.get(OPTION.machineId)),
    asks: vendorClass.startsWith('PXEClient') ? 'pxe' : vendorClass.startsWith('HTTPClient') ? 'http' : null,
    architecture:
      architecture && architecture.length >= 2 ? architectureOf(architecture.readUInt16BE(0)) : null,
    ipxe: ipxeOf(packet),
    userClass: userClassOf(packet),
  };
}

/**
 * The text form of option 97: a type byte 0, then 16 bytes whose first three fields are little-endian, as
 * SMBIOS 2.6 stores them and as both iPXE and edk2 send them.
 */
export function uuidOf(machineId: Buffer | undefined): string | null {
  if (machineId?.length !== 17 || machineId[0] !== 0) return null;
  const bytes = Buffer.from(machineId.subarray(1));
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** iPXE names itself in option 77 (some builds length-prefix it, as RFC 3004 wants) or sends option 175. */
function ipxeOf(packet: DhcpPacket): BootClient['ipxe'] {
  const userClass = userClassOf(packet);
  const own = packet.options.get(OPTION.ipxe);
  if (own === undefined) return /^(.)?iPXE/s.test(userClass) ? { http: null } : null;
  const features = decodeSubOptions(own);
  if (features === null || features.size === 0) return { http: null };
  return { http: (features.get(IPXE_FEATURE_HTTP)?.[0] ?? 0) !== 0 };
}

function userClassOf(packet: DhcpPacket): string {
  return packet.options.get(OPTION.userClass)?.toString('latin1') ?? '';
}
