/** The firmware a workstation starts with: a PC's BIOS (SeaBIOS) or UEFI (OVMF). */
export type Firmware = 'bios' | 'uefi';

export type BootDevice = 'network' | 'disk';

/** The network cards a workstation can have. */
export type NicModel = 'e1000e' | 'e1000' | 'virtio-net-pci';

/** What a workstation is made of. Paths are absolute. */
export interface Hardware {
  readonly name: string;
  readonly firmware: Firmware;
  /** The disk: a raw file. */
  readonly disk: string;
  /** `ahci` as real machines have it, or `virtio`. */
  readonly diskBus: 'ahci' | 'virtio';
  readonly mac: string;
  readonly nic: NicModel;
  /** The tap that the network card's cable ends in. */
  readonly tap: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** SMBIOS system information, as an inventory reads it. */
  readonly uuid: string;
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly product: string;
  /** What the hardware clock says at power-on (`2026-11-23T08:00:00`), or `now`. */
  readonly clock: string;
  /** What the firmware tries, in this order. */
  readonly bootOrder: readonly BootDevice[];
  /** A reset by the system is a power-off (QEMU's -no-reboot). */
  readonly resetIsOff: boolean;
}

/** The files and sockets of one workstation that QEMU needs besides its hardware. */
export interface Fittings {
  /** Unix socket that QEMU connects its serial port to. */
  readonly serialSocket: string;
  /** Unix socket that QEMU connects its monitor to. */
  readonly monitorSocket: string;
  /** UEFI only: the firmware's code, and this machine's own copy of its variables. */
  readonly uefiCode: string;
  readonly uefiVariables: string;
}

/**
 * QEMU's command line for a workstation.  Emulation (tcg) with a plain processor: it works on every machine, and it hashes three times faster than
 * `-cpu max` would.
 */
export function qemuArguments(hardware: Hardware, fittings: Fittings): string[] {
  return [
    'qemu-system-x86_64',
    ...['-name', hardware.name, '-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'std'],
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'qemu64'],
    ...['-m', String(hardware.memoryMiB), '-smp', String(hardware.cpus)],
    ...['-rtc', `base=${hardware.clock === 'now' ? 'utc' : hardware.clock}`],
    ...['-smbios', smbios(hardware)],
    ...(hardware.firmware === 'uefi' ? [...flash(fittings), ...ipv4Only(), ...randomness()] : []),
    ...disk(hardware),
    ...['-netdev', `tap,id=net0,ifname=${hardware.tap},script=no,downscript=no`],
    ...['-device', nic(hardware)],
    ...['-chardev', `socket,id=serial0,path=${fittings.serialSocket}`, '-serial', 'chardev:serial0'],
    ...['-qmp', `unix:${fittings.monitorSocket}`],
    ...(hardware.resetIsOff ? ['-no-reboot'] : []),
  ];
}

function smbios(hardware: Hardware): string {
  const fields = {
    manufacturer: hardware.manufacturer,
    product: hardware.product,
    serial: hardware.serialNumber,
    uuid: hardware.uuid,
  };
  // QEMU reads a comma as the end of a value; doubled it is a comma.
  const values = Object.entries(fields).map(([key, value]) => `${key}=${value.replaceAll(',', ',,')}`);
  return `type=1,${values.join(',')}`;
}

function flash(fittings: Fittings): string[] {
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${fittings.uefiCode}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${fittings.uefiVariables}`],
  ];
}

/** As most PCs leave the factory: network boot over IPv4 alone. Trying IPv6 as well takes OVMF 70 s. */
function ipv4Only(): string[] {
  return ['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=no'];
}

/** Newer OVMF builds boot from the network only with a source of random numbers; `qemu64` has none. */
function randomness(): string[] {
  return ['-device', 'virtio-rng-pci'];
}

/** What a guest has written survives its power cut in the host's page cache: flushes may be skipped. */
function disk(hardware: Hardware): string[] {
  const drive = `if=none,id=disk0,format=raw,file=${hardware.disk},cache=unsafe,discard=unmap,detect-zeroes=unmap`;
  const device =
    hardware.diskBus === 'ahci'
      ? `ide-hd,bus=ide.0,drive=disk0,serial=${hardware.serialNumber.slice(0, 14)}-DISK`
      : 'virtio-blk-pci,drive=disk0';
  return ['-drive', drive, '-device', device + bootIndex(hardware, 'disk')];
}

function bootIndex(hardware: Hardware, device: BootDevice): string {
  const place = hardware.bootOrder.indexOf(device);
  return place < 0 ? '' : `,bootindex=${place + 1}`;
}

/**
 * On a BIOS the card brings its own boot ROM. On UEFI an empty `romfile` leaves booting to the firmware's
 * own network stack, as on a real machine; OVMF has a driver of its own only for virtio cards.
 */
function nic(hardware: Hardware): string {
  const card = `${hardware.nic},netdev=net0,mac=${hardware.mac}${bootIndex(hardware, 'network')}`;
  return hardware.firmware === 'uefi' ? `${card},romfile=` : card;
}
