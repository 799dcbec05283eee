/** A device of a host, as its agent reports it. */
export interface HostDevice {
  /** As the kernel names it: `pci:v00008086d00001502sv00001028sd0000052Cbc02sc00i00`, `usb:…`, `acpi:…`. */
  readonly modalias: string;
  /** Of a PCI device: the byte of its configuration space (`/sys/bus/pci/devices/…/revision`); null when not known. */
  readonly revision: number | null;
}

/** What a host cannot do without: its disks' controllers and its network cards. */
export type DeviceRole = 'network' | 'storage';

/** A device by the names that Windows knows it by. */
export interface DeviceIds {
  /** Upper case, the most specific first. */
  readonly hardware: readonly string[];
  readonly compatible: readonly string[];
  /** Null: some other device. */
  readonly role: DeviceRole | null;
  /** PCI class, subclass and interface as six digits in upper case, `010601`; null for what is no PCI device. */
  readonly pciClass: string | null;
  /** Short, for people: `8086:1502`. */
  readonly name: string;
}

/** Ends an id where the revision is not known: it then fits every revision. */
export const ANY_REVISION = '&REV_*';

/**
 * The ids that Windows' bus drivers give a device ("Identifiers for PCI Devices", "Standard USB Identifiers" of the
 * driver documentation; ACPI: "ACPI device identification"). Null for a modalias of another bus: the children of HD
 * Audio and the like are found by Windows itself once their controller works.
 */
export function deviceIds(device: HostDevice): DeviceIds | null {
  const colon = device.modalias.indexOf(':');
  const rest = device.modalias.slice(colon + 1);
  switch (device.modalias.slice(0, colon)) {
    case 'pci':
      return pciIds(rest, device.revision);
    case 'usb':
      return usbIds(rest);
    case 'acpi':
      return acpiIds(rest);
    default:
      return null;
  }
}

function pciIds(alias: string, revision: number | null): DeviceIds | null {
  const match =
    /^v0{4}([0-9A-F]{4})d0{4}([0-9A-F]{4})sv0{4}([0-9A-F]{4})sd0{4}([0-9A-F]{4})bc([0-9A-F]{2})sc([0-9A-F]{2})i([0-9A-F]{2})$/i.exec(
      alias,
    );
  if (match === null) return null;
  const parts = match.slice(1).map((part) => part.toUpperCase());
  const [vendor = '', device = '', subVendor = '', subDevice = '', base = '', sub = '', face = ''] = parts;
  const rev = revision === null ? ANY_REVISION : `&REV_${hex(revision, 2)}`;
  const id = `PCI\\VEN_${vendor}&DEV_${device}`;
  const subsystem = `${id}&SUBSYS_${subDevice}${subVendor}`;
  const full = `${base}${sub}${face}`;
  return {
    hardware: [`${subsystem}${rev}`, subsystem, `${id}&CC_${full}`, `${id}&CC_${base}${sub}`],
    compatible: [
      `${id}${rev}`,
      id,
      `PCI\\VEN_${vendor}&CC_${full}`,
      `PCI\\VEN_${vendor}&CC_${base}${sub}`,
      `PCI\\VEN_${vendor}`,
      `PCI\\CC_${full}`,
      `PCI\\CC_${base}${sub}`,
    ],
    role: base === '01' ? 'storage' : base === '02' ? 'network' : null,
    pciClass: full,
    name: `${vendor}:${device}`.toLowerCase(),
  };
}

function usbIds(alias: string): DeviceIds | null {
  const match =
    /^v([0-9A-F]{4})p([0-9A-F]{4})d([0-9A-F]{4})dc([0-9A-F]{2})dsc([0-9A-F]{2})dp([0-9A-F]{2})ic([0-9A-F]{2})isc([0-9A-F]{2})ip([0-9A-F]{2})in([0-9A-F]{2})$/i.exec(
      alias,
    );
  if (match === null) return null;
  const parts = match.slice(1).map((part) => part.toUpperCase());
  const [vendor = '', product = '', revision = '', , , , base = '', sub = '', protocol = '', number = ''] =
    parts;
  const id = `USB\\VID_${vendor}&PID_${product}`;
  const interfaceClass = `USB\\CLASS_${base}`;
  return {
    // The kernel does not say whether a device is a composite one, whose interfaces are devices to Windows.
    hardware: [`${id}&REV_${revision}&MI_${number}`, `${id}&MI_${number}`, `${id}&REV_${revision}`, id],
    compatible: [
      `${interfaceClass}&SUBCLASS_${sub}&PROT_${protocol}`,
      `${interfaceClass}&SUBCLASS_${sub}`,
      interfaceClass,
    ],
    role: null,
    pciClass: null,
    name: `${vendor}:${product}`.toLowerCase(),
  };
}

function acpiIds(alias: string): DeviceIds | null {
  const [first, ...others] = alias.split(':').filter((part) => /^[A-Z]{3,4}[0-9A-F]{4}$/i.test(part));
  if (first === undefined) return null;
  return {
    hardware: acpiForms(first),
    compatible: others.flatMap(acpiForms),
    role: null,
    pciClass: null,
    name: first.toUpperCase(),
  };
}

/** `ACPI\VEN_INT&DEV_33A1`, `ACPI\INT33A1` and `*INT33A1`, which are one id. */
function acpiForms(id: string): string[] {
  const upper = id.toUpperCase();
  return [`ACPI\\VEN_${upper.slice(0, -4)}&DEV_${upper.slice(-4)}`, `ACPI\\${upper}`, `*${upper}`];
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
