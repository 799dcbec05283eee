/**
 * `npm run bench:boot`: how large the boot environment is, and how long a machine takes from its first DHCP
 * packet to its agent's hello, on real firmware in the virtual lab (emulated processors: no KVM is used).
 */

import { labNeeds, QEMU } from '../lab/needs.ts';
import { LabNetwork, SiteDhcp } from '../lab/network/index.ts';
import { BOOT_ENVIRONMENT, MimeoServer } from '../lab/server.ts';
import type { Transcript } from '../lab/transcript.ts';
import { Workstation } from '../lab/workstation.ts';
import { describeBootEnvironment } from '../src/bootenv/index.ts';
import { BOOT_USAGE, type BootBenchOptions, type Firmware, parseBootOptions } from './boot-options.ts';
import { median, rounded } from './options.ts';

const PATIENCE_MS = 300_000;
const GIB = 1024 ** 3;

/** Seconds of one boot. */
interface Boot {
  /** From the first DHCP packet to the hello. */
  readonly total: number;
  /** The firmware's own network boot and iPXE's: until iPXE asks what to do. */
  readonly firmware: number;
  /** Kernel and initramfs over HTTP, until the kernel runs. */
  readonly load: number;
  /** Drivers, link, address, agent: until its hello. */
  readonly system: number;
}

async function bench(options: BootBenchOptions, say: (line: string) => void): Promise<object> {
  const bytes = await bootBytes();
  const boots = new Map<Firmware, Boot[]>(options.firmware.map((firmware) => [firmware, []]));
  const network = await new LabNetwork().open();
  try {
    const dhcp = await SiteDhcp.start(network);
    const server = await MimeoServer.start(network);
    for (const [firmware, list] of boots) {
      const machine = await Workstation.build(network, {
        name: firmware,
        firmware,
        diskBytes: GIB,
        memoryMiB: options.memoryMib,
      });
      for (let i = 0; i < options.repeat; i++) {
        const boot = await bootOnce(machine, dhcp.process.said, server.process.said);
        list.push(boot);
        say(
          `${firmware}: ${boot.total.toFixed(1)} s (${boot.firmware.toFixed(1)} + ${boot.load.toFixed(1)} + ${boot.system.toFixed(1)})`,
        );
      }
    }
  } finally {
    network.close();
  }
  const of = (part: keyof Boot): Record<string, number> =>
    Object.fromEntries(
      [...boots].map(([firmware, list]) => [firmware, rounded(median(list.map((one) => one[part])), 1)]),
    );
  return {
    ...bytes,
    memory_mib: options.memoryMib,
    repeat: options.repeat,
    seconds: of('total'),
    parts_s: { firmware: of('firmware'), load: of('load'), system: of('system') },
  };
}

async function bootBytes(): Promise<{ bytes: number; kernel_bytes: number; initramfs_bytes: number }> {
  const found = await describeBootEnvironment(BOOT_ENVIRONMENT);
  if (found.state !== 'complete')
    throw new Error(`the boot environment is ${found.state}: npm run bench:boot builds it`);
  const { vmlinuz, 'initrd.img': initramfs } = found.environment.files;
  return {
    bytes: vmlinuz.size + initramfs.size,
    kernel_bytes: vmlinuz.size,
    initramfs_bytes: initramfs.size,
  };
}

/** Switches it on, waits for its agent's hello, and pulls the plug. */
async function bootOnce(machine: Workstation, dhcp: Transcript, server: Transcript): Promise<Boot> {
  const discovered = saidAt(dhcp, new RegExp(`DHCPDISCOVER\\(\\S+\\).* ${machine.hardware.mac}`));
  const asked = saidAt(server, /Network boot: it was sent into the boot environment/);
  const hello = saidAt(server, /Its agent said hello (\d+) s after the kernel/);
  await machine.powerOn();
  try {
    const first = await discovered;
    const script = await asked;
    const end = await hello;
    const system = Number(end.match[1]);
    const total = (end.at - first.at) / 1000;
    const firmware = (script.at - first.at) / 1000;
    return { total, firmware, load: total - firmware - system, system };
  } finally {
    await machine.powerCut();
  }
}

/** The moment when something is said from now on. */
async function saidAt(
  transcript: Transcript,
  pattern: RegExp,
): Promise<{ at: number; match: RegExpExecArray }> {
  const match = await transcript.waitFor(pattern, PATIENCE_MS, transcript.here);
  return { at: performance.now(), match };
}

const options = parseBootOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(BOOT_USAGE);
} else {
  const need = labNeeds(QEMU, 'ip', 'dnsmasq');
  if (need !== false) throw new Error(need);
  const result = await bench(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
