import { parseAddress } from '../dhcp/address.ts';
import { scriptUrl } from '../script/text.ts';

/** What a site's DHCP server has to know about Mimeo. */
export interface SiteDhcpFacts {
  /** Mimeo's IPv4 address in that subnet. */
  readonly address: string;
  /** `http://10.0.0.2:8080`, without a slash at the end. */
  readonly httpBase: string;
  /** Default `/boot/entry.ipxe`. */
  readonly entryPath?: string;
  /** Default `/boot/files/`. */
  readonly programPath?: string;
  readonly programs: { readonly bios: string; readonly uefiX64: string };
}

/** One kind of client and what it is told to load. The first row that fits a client counts. */
export interface BootRow {
  readonly name: 'mimeo-ipxe' | 'mimeo-http' | 'mimeo-bios' | 'mimeo-uefi';
  /** What option 60 starts with; null for iPXE, which is known by option 77 alone. */
  readonly vendorClass: 'PXEClient' | 'HTTPClient' | null;
  /** Values of option 93. */
  readonly architectures: readonly number[];
  readonly file: string;
}

/**
 * The rows of a site's configuration, the same answers as the proxy gives.
 *
 * @throws MimeoError `netboot-text` or RangeError for an address or name that is none
 */
export function bootRows(facts: SiteDhcpFacts): BootRow[] {
  parseAddress(facts.address);
  const entry = scriptUrl(`${facts.httpBase}${facts.entryPath ?? '/boot/entry.ipxe'}`);
  const { bios, uefiX64 } = facts.programs;
  for (const name of [bios, uefiX64]) {
    if (!/^[\w.-]+$/.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of a boot program`);
  }
  const overHttp = scriptUrl(`${facts.httpBase}${facts.programPath ?? '/boot/files/'}${uefiX64}`);
  return [
    { name: 'mimeo-ipxe', vendorClass: null, architectures: [], file: entry },
    { name: 'mimeo-http', vendorClass: 'HTTPClient', architectures: [16], file: overHttp },
    { name: 'mimeo-bios', vendorClass: 'PXEClient', architectures: [0], file: bios },
    { name: 'mimeo-uefi', vendorClass: 'PXEClient', architectures: [7, 9], file: uefiX64 },
  ];
}
