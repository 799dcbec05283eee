import { join, resolve } from 'node:path';
import type { Holdings } from '../../network/index.ts';
import { LabProcess } from '../../process.ts';
import { listenForQemu, Qmp } from '../../workstation/qmp.ts';

/** The server as the guest sees it: a door in QEMU's own closed network. */
export const DOOR = '10.0.2.100';
const PIPE = resolve(import.meta.dirname, '../../bootenv/pipe.ts');

/** A guest that started from its own disk; its serial line is what it says. */
export interface DiskBoot {
  readonly guest: LabProcess;
  /** Presses the power button and waits until the system has switched itself off. */
  readonly shutDown: () => Promise<string>;
}

/**
 * Starts a BIOS machine from a disk, without network boot. No packet leaves QEMU but to a local port, which the guest
 * finds at {@link DOOR}, port 80.
 *
 * @param folder for the monitor's socket
 */
export async function bootFromDisk(
  disk: string,
  port: number,
  { folder, holdings }: { readonly folder: string; readonly holdings: Holdings },
): Promise<DiskBoot> {
  const monitor = await listenForQemu(join(folder, 'monitor'));
  const door = `guestfwd=tcp:${DOOR}:80-cmd:${process.execPath} ${PIPE} ${port}`;
  const guest = await LabProcess.start(
    [
      'qemu-system-x86_64',
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', 'q35'],
      ...['-accel', 'tcg,thread=multi', '-cpu', 'qemu64', '-m', '512', '-smp', '2'],
      ...[
        '-drive',
        `if=none,id=disk0,format=raw,file=${disk},cache=unsafe`,
        '-device',
        'ide-hd,bus=ide.0,drive=disk0',
      ],
      ...['-netdev', `user,id=net0,restrict=on,${door}`, '-device', 'virtio-net-pci,netdev=net0,romfile='],
      ...['-device', 'virtio-rng-pci', '-serial', 'stdio', '-qmp', `unix:${join(folder, 'monitor')}`],
    ],
    { name: 'guest', holdings },
  );
  const socket = await Promise.race([monitor.connected, guest.ended]);
  monitor.server.close();
  if (typeof socket === 'string') throw new Error(`QEMU: ${socket}: ${guest.said.tail()}`);
  const qmp = await Qmp.greet(socket, () => undefined);
  return {
    guest,
    shutDown: async () => {
      await qmp.execute('system_powerdown');
      return guest.ended;
    },
  };
}
