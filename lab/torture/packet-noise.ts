import { type DhcpPacket, encodeDhcp } from '../../src/netboot/index.ts';

/** Random DHCP and TFTP packets, the same ones for the same seed. */
export class PacketNoise {
  readonly #relay: string;
  #state: number;

  /** @param relay the address that valid questions name as their relay, so that answers stay on loopback */
  constructor(seed: number, relay: string) {
    this.#state = seed >>> 0;
    this.#relay = relay;
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  dhcp(): Buffer {
    const kind = this.#below(4);
    if (kind === 0) return this.#bytes(this.#below(700));
    if (kind === 1) return this.#mutated(this.validDiscover(this.#below(2 ** 32)));
    if (kind === 2) return encodeDhcp(this.#oddPacket());
    return this.#mutated(encodeDhcp(this.#oddPacket()));
  }

  tftp(): Buffer {
    const kind = this.#below(5);
    if (kind === 0) return this.#bytes(this.#below(600));
    if (kind === 1) return Buffer.concat([Buffer.of(0, this.#below(8)), this.#bytes(this.#below(80))]);
    const names = ['undionly.kpxe', '/undionly.kpxe', '../../etc/passwd', '%2e%2e\\x', '\u0001', ''];
    const name = names[this.#below(names.length)] ?? '';
    const options = [
      'tsize',
      '0',
      'blksize',
      String(this.#below(70_000)),
      'windowsize',
      String(this.#below(70)),
    ];
    const words = [name, this.chance(0.9) ? 'octet' : 'netascii', ...options.slice(0, this.#below(7))];
    const request = Buffer.from(`\0\u0001${words.join('\0')}\0`, 'latin1');
    return kind === 2 ? this.#mutated(request) : request;
  }

  /** A question of a BIOS PC with a random MAC, as a relay passes it on. */
  validDiscover(xid: number): Buffer {
    return encodeDhcp(this.#packet(xid, [0, 0], 'PXEClient:Arch:00000:UNDI:002001'));
  }

  /** Well-formed, but with random contents. */
  #oddPacket(): DhcpPacket {
    const vendorClasses = ['PXEClient', 'HTTPClient:Arch:00016', 'MSFT 5.0', ''];
    const architecture = [this.#below(2), this.#below(24)] as const;
    const packet = this.#packet(this.#below(2 ** 32), architecture, vendorClasses[this.#below(4)] ?? '');
    const options = new Map(packet.options);
    options.set(53, Buffer.of(this.#below(9)));
    for (let i = this.#below(4); i > 0; i--) options.set(1 + this.#below(254), this.#bytes(this.#below(300)));
    if (this.chance(0.3)) options.set(175, this.#bytes(this.#below(30)));
    if (this.chance(0.2)) options.set(77, Buffer.from('iPXE'));
    return { ...packet, op: this.#below(3), htype: 1 + this.#below(2), options };
  }

  #packet(xid: number, architecture: readonly [number, number], vendorClass: string): DhcpPacket {
    const unset = '0.0.0.0';
    return {
      op: 1,
      htype: 1,
      hlen: 6,
      hops: 1,
      xid,
      secs: 0,
      flags: 0,
      ciaddr: unset,
      yiaddr: unset,
      siaddr: unset,
      giaddr: this.#relay,
      chaddr: Buffer.concat([Buffer.of(0x52, 0x54), this.#bytes(4), Buffer.alloc(10)]),
      sname: '',
      file: '',
      options: new Map([
        [53, Buffer.of(1)],
        [60, Buffer.from(vendorClass)],
        [93, Buffer.from(architecture)],
        [97, Buffer.concat([Buffer.of(0), this.#bytes(16)])],
      ]),
    };
  }

  /** Some bytes changed, perhaps cut short or made longer. */
  #mutated(bytes: Buffer): Buffer {
    const changed = Buffer.from(bytes);
    for (let i = this.#below(8); i > 0; i--) changed[this.#below(changed.length)] = this.#below(256);
    if (this.chance(0.2)) return changed.subarray(0, this.#below(changed.length));
    return this.chance(0.1) ? Buffer.concat([changed, this.#bytes(this.#below(400))]) : changed;
  }

  #bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#below(256);
    return bytes;
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** Mulberry32: a number from 0 to below 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
