import { encodeSubOptions, MESSAGE, OPTION } from './options.ts';
import { BOOT_REQUEST, type DhcpPacket } from './packet.ts';

/** What a sample packet should differ in. */
export interface Sample {
  readonly mac?: string;
  readonly xid?: number;
  readonly message?: number;
  readonly vendorClass?: string;
  /** Option 93; null leaves it out. */
  readonly architecture?: number | null;
  readonly userClass?: string;
  /** Features of iPXE's option 175 by number. */
  readonly ipxeFeatures?: Readonly<Record<number, number>>;
  readonly giaddr?: string;
  readonly more?: readonly (readonly [number, Buffer])[];
}

/** A DISCOVER as a network-booting BIOS PC sends it, for tests and the torture run. */
export function discover(sample: Sample = {}): DhcpPacket {
  const architecture = sample.architecture === undefined ? 0 : sample.architecture;
  const options = new Map<number, Buffer>();
  options.set(OPTION.messageType, Buffer.of(sample.message ?? MESSAGE.discover));
  options.set(OPTION.vendorClass, Buffer.from(sample.vendorClass ?? 'PXEClient:Arch:00000:UNDI:002001'));
  if (architecture !== null)
    options.set(OPTION.architecture, Buffer.of(architecture >> 8, architecture & 0xff));
  if (sample.userClass !== undefined) options.set(OPTION.userClass, Buffer.from(sample.userClass, 'latin1'));
  if (sample.ipxeFeatures) {
    const features = Object.entries(sample.ipxeFeatures);
    const encoded = new Map(features.map(([code, value]) => [Number(code), Buffer.of(value)]));
    options.set(OPTION.ipxe, encodeSubOptions(encoded));
  }
  for (const [code, data] of sample.more ?? []) options.set(code, data);
  const chaddr = Buffer.alloc(16);
  Buffer.from((sample.mac ?? '52:54:00:12:34:56').replaceAll(':', ''), 'hex').copy(chaddr);
  return {
    op: BOOT_REQUEST,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: sample.xid ?? 0x11223344,
    secs: 4,
    flags: 0x8000,
    ciaddr: '0.0.0.0',
    yiaddr: '0.0.0.0',
    siaddr: '0.0.0.0',
    giaddr: sample.giaddr ?? '0.0.0.0',
    chaddr,
    sname: '',
    file: '',
    options,
  };
}
