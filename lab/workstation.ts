import { createHash } from 'node:crypto';
import { copyFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostOutlet, LabNetwork } from './network/index.ts';
import { LabProcess } from './process.ts';
import type { Transcript } from './transcript.ts';
import { type Firmware, type Hardware, qemuArguments } from './workstation/arguments.ts';
import { listenForQemu, Qmp } from './workstation/qmp.ts';
import { SerialLine } from './workstation/serial-line.ts';

const UEFI_CODE = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const UEFI_VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd';

export type WorkstationOptions = Partial<Omit<Hardware, 'name' | 'tap'>> & {
  readonly name: string;
  readonly firmware: Firmware;
  /** Size of a new, empty disk, or what stands on it already: a raw file that is used as it is. */
  readonly diskBytes?: number;
};

/** A workstation of the lab: a virtual PC at its own outlet, as far as possible a real one. */
export class Workstation {
  readonly hardware: Hardware;
  readonly outlet: HostOutlet;
  readonly #serial: SerialLine;
  readonly #fittings: {
    serialSocket: string;
    monitorSocket: string;
    uefiCode: string;
    uefiVariables: string;
  };
  readonly #network: LabNetwork;
  #qemu: LabProcess | null = null;
  #qmp: Qmp | null = null;
  #poweredOnAt = 0;
  #lastShutdown = '';

  private constructor(network: LabNetwork, hardware: Hardware, outlet: HostOutlet, serial: SerialLine) {
    const at = join(network.folder, hardware.name);
    this.#network = network;
    this.hardware = hardware;
    this.outlet = outlet;
    this.#serial = serial;
    this.#fittings = {
      serialSocket: `${at}.serial`,
      monitorSocket: `${at}.monitor`,
      uefiCode: UEFI_CODE,
      uefiVariables: `${at}.uefi-variables`,
    };
  }

  /** Builds the machine and plugs it in; it is still off. */
  static async build(network: LabNetwork, options: WorkstationOptions): Promise<Workstation> {
    const { diskBytes = 0, ...parts } = options;
    const outlet = await network.plugInHost(options.name);
    const at = join(network.folder, options.name);
    const hardware: Hardware = { ...defaults(options, `${at}.disk`), ...parts, tap: outlet.tap };
    if (options.disk === undefined) {
      await writeFile(hardware.disk, '');
      await truncate(hardware.disk, diskBytes);
    }
    const serial = await SerialLine.listen(options.name, `${at}.serial`, `${at}.serial.txt`);
    network.holdings.hold(`serial line of ${options.name}`, () => serial.close());
    const workstation = new Workstation(network, hardware, outlet, serial);
    if (hardware.firmware === 'uefi') await copyFile(UEFI_VARIABLES, workstation.#fittings.uefiVariables);
    return workstation;
  }

  /** What came over the serial line so far. */
  get serial(): Transcript {
    return this.#serial.said;
  }

  get isOn(): boolean {
    return this.#qemu?.running ?? false;
  }

  async powerOn(): Promise<void> {
    if (this.isOn) throw new Error(`${this.hardware.name} is on already`);
    await rm(this.#fittings.monitorSocket, { force: true });
    this.#poweredOnAt = this.serial.here;
    this.#lastShutdown = '';
    const monitor = await listenForQemu(this.#fittings.monitorSocket);
    const argv = [...this.outlet.at, ...qemuArguments(this.hardware, this.#fittings)];
    const { holdings } = this.#network;
    const qemu = await LabProcess.start(argv, { name: `workstation ${this.hardware.name}`, holdings });
    this.#qemu = qemu;
    void qemu.ended.then(() => {
      if (this.#qemu === qemu) this.serial.end('the workstation was switched off');
    });
    const socket = await Promise.race([monitor.connected, qemu.ended]);
    monitor.server.close();
    if (typeof socket === 'string') throw new Error(`QEMU: ${socket}: ${qemu.said.tail()}`);
    this.#qmp = await Qmp.greet(socket, (event, data) => {
      if (event === 'SHUTDOWN') this.#lastShutdown = String(data['reason']);
    });
  }

  /**
   * Waits until the serial line says it, counting from the last power-on (or from `from`, a place in the
   * transcript). The error carries the line's last words.
   */
  waitForSerial(pattern: RegExp, timeoutMs: number, from = this.#poweredOnAt): Promise<RegExpExecArray> {
    return this.serial.waitFor(pattern, timeoutMs, from);
  }

  /** Types on the serial line; Enter is `\r`. */
  type(text: string): void {
    this.#serial.type(text);
  }

  /** Pulls the plug: no warning, no flush. */
  async powerCut(): Promise<void> {
    await this.#qemu?.stop('SIGKILL');
    this.#qmp?.close();
  }

  /** Waits until the system switches the machine off (or resets it, with `resetIsOff`); says how. */
  async waitForOff(timeoutMs: number): Promise<string> {
    const qemu = this.#qemu;
    if (qemu === null) return 'never on';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `${this.hardware.name} is still on after ${timeoutMs / 1000} s:\n${this.serial.tail()}`;
      timer = setTimeout(() => reject(new Error(message)), timeoutMs);
    });
    const how = await Promise.race([qemu.ended, late]).finally(() => clearTimeout(timer));
    return this.#lastShutdown || how;
  }

  /** A picture of the screen as a PNG file. */
  async screenshot(file: string): Promise<void> {
    await this.#qmp?.execute('screendump', { filename: file, format: 'png' });
  }
}

/** A plain lab PC, told from others by its name alone. */
function defaults(options: WorkstationOptions, disk: string): Omit<Hardware, 'tap'> {
  const id = createHash('sha256').update(options.name).digest('hex');
  const [a, b, c, d, e] = [
    id.slice(0, 8),
    id.slice(8, 12),
    id.slice(12, 15),
    id.slice(15, 18),
    id.slice(18, 30),
  ];
  return {
    name: options.name,
    firmware: options.firmware,
    disk,
    diskBus: 'ahci',
    mac: `52:54:00:${id.slice(30, 32)}:${id.slice(32, 34)}:${id.slice(34, 36)}`,
    nic: options.firmware === 'bios' ? 'e1000e' : 'virtio-net-pci',
    memoryMiB: 1024,
    cpus: 1,
    uuid: `${a}-${b}-4${c}-8${d}-${e}`,
    serialNumber: `LAB${id.slice(36, 44).toUpperCase()}`,
    manufacturer: 'Mimeo Lab',
    product: 'Virtual Workstation',
    clock: 'now',
    bootOrder: ['network', 'disk'],
    resetIsOff: false,
  };
}
