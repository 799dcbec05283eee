/** One network card as the agent sees it on the host. */
export interface InventoryMac {
  /** The kernel's name of the card, such as `eth0`. */
  readonly name: string;
  /** Canonical: lower case with colons. */
  readonly mac: string;
  readonly speedMbit: number | null;
  readonly link: boolean;
  /** The card that the network boot came through. */
  readonly booted: boolean;
}

/** One whole disk as the agent sees it on the host. */
export interface InventoryDisk {
  /** Path of the block device, such as `/dev/sda`. */
  readonly device: string;
  readonly sizeBytes: number;
  /** Logical sector size. */
  readonly sectorBytes: number;
  readonly model: string | null;
  readonly serial: string | null;
  /** How it is attached: `sata`, `nvme`, `usb`, `virtio`… as the kernel names it; null when it does not say. */
  readonly transport: string | null;
  readonly removable: boolean;
}

/** What a host says of itself in its hello. Nothing in it is trusted for more than telling hosts apart. */
export interface Inventory {
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly macs: readonly InventoryMac[];
  readonly disks: readonly InventoryDisk[];
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly firmware: 'bios' | 'uefi';
}

/** One workstation as we know it. Identity first, then what was assigned to it. */
export interface Host {
  readonly id: string;
  readonly uuid: string | null;
  readonly serial: string | null;
  /** Canonical MACs, every card ever seen in or written for this host. */
  readonly macs: readonly string[];
  readonly name: string | null;
  readonly lab: string | null;
  readonly image: string | null;
}

/** A named set of hosts in one place. */
export interface Lab {
  readonly name: string;
  /** Where it is, in the technician's words: `Building B, room 101`. */
  readonly location: string | null;
  readonly site: string | null;
  /** How its hosts are named, such as `{lab}-PC{seat:02}`; see `proposeName`. */
  readonly namingRule: string | null;
}

/** One assignment of the manifest: this MAC gets this image and this name. */
export interface ManifestRow {
  /** Canonical: lower case with colons. */
  readonly mac: string;
  readonly image: string;
  readonly name: string;
  readonly lab: string | null;
}
