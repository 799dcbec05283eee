/**
 * What particular machines do differently. One row per habit, each with its source; code asks the table and
 * never names a maker itself.
 */

/** Machines that announce themselves as something they are not. */
export interface ClientQuirk {
  /** First three bytes of the MAC, lower case with colons. */
  readonly ouis: readonly string[];
  /** The value of option 93 they send. */
  readonly architecture: number;
  /** What it is in truth, for the timeline. */
  readonly words: string;
  readonly source: string;
}

export const clientQuirks: readonly ClientQuirk[] = [
  {
    ouis: ['b8:27:eb', 'dc:a6:32', 'e4:5f:01', '28:cd:c1', 'd8:3a:dd', '2c:cf:67', '88:a2:9e'],
    architecture: 0,
    words: 'a Raspberry Pi, which says it is a BIOS PC',
    source:
      'IEEE OUI registry, Raspberry Pi (Trading) Ltd; the Pi sends PXEClient:Arch:00000 from its boot ROM',
  },
];

/** The quirk of a client that claims this architecture from this MAC. */
export function clientQuirkOf(mac: string, architecture: number): ClientQuirk | null {
  const oui = mac.slice(0, 8);
  return clientQuirks.find((row) => row.architecture === architecture && row.ouis.includes(oui)) ?? null;
}

/** How iPXE hands a machine over to its own disk. */
export type LocalBootWay =
  /** BIOS: iPXE itself starts the first disk's boot record. */
  | 'sanboot'
  /** UEFI: leave with an error, so that the firmware tries its next boot entry. */
  | 'exit-error'
  /** UEFI: leave with success. */
  | 'exit-success'
  /** UEFI: iPXE starts the boot loader of the first disk's EFI partition. */
  | 'sanboot-efi';

interface LocalBootQuirk {
  readonly firmware: 'bios' | 'uefi';
  /** Matched against SMBIOS manufacturer and product, without regard to case; absent: every machine. */
  readonly manufacturer?: RegExp;
  readonly product?: RegExp;
  readonly way: LocalBootWay;
  readonly source: string;
}

/** The first row that matches counts; the last row of each firmware matches everything. */
export const localBootQuirks: readonly LocalBootQuirk[] = [
  {
    firmware: 'uefi',
    manufacturer: /^vmware/i,
    way: 'sanboot-efi',
    source: 'github.com/ipxe/ipxe issue 213: VMware UEFI stays in its boot manager after exit 1',
  },
  {
    firmware: 'uefi',
    way: 'exit-error',
    source:
      'ipxe.org/cmd/exit; github.com/netbootxyz/netboot.xyz issue 1276: PowerEdge and ThinkSystem enter setup ' +
      'after exit 0. edk2 BdsDxe goes to the next boot entry only when one fails',
  },
  {
    firmware: 'bios',
    way: 'sanboot',
    source: 'ipxe.org/cmd/sanboot; many BIOSes reboot or hang when a PXE program returns (INT 18h)',
  },
];

/** Which way a machine leaves for its own disk. */
export function localBootWay(machine: {
  readonly firmware: 'bios' | 'uefi';
  readonly manufacturer?: string;
  readonly product?: string;
}): LocalBootWay {
  const row = localBootQuirks.find(
    (quirk) =>
      quirk.firmware === machine.firmware &&
      (quirk.manufacturer === undefined || quirk.manufacturer.test(machine.manufacturer ?? '')) &&
      (quirk.product === undefined || quirk.product.test(machine.product ?? '')),
  );
  return row?.way ?? (machine.firmware === 'bios' ? 'sanboot' : 'exit-error');
}
