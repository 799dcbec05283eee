import assert from 'node:assert/strict';
import { Workstation } from '../workstation.ts';
import { assertAsOrdered } from './as-ordered.ts';
import { UEFI_IMAGE } from './capture-masters.ts';
import { BOOT_MS, hasWritten, taskDone } from './conversation.ts';
import type { Room } from './room.ts';

const NAME = 'RM101-PC02';

/**
 * A UEFI machine, imaged from the GPT master. In the middle of its deployment its power is cut; switched on
 * again it goes on without a human, restarts by itself as ordered, and starts Windows from its own disk.
 */
export async function uefiHost(room: Room): Promise<void> {
  const host = await Workstation.build(room.network, {
    name: 'uefi',
    firmware: 'uefi',
    diskBytes: room.masters.uefi.diskBytes,
  });
  await room.server.appendToManifest(`${host.hardware.mac},${UEFI_IMAGE},${NAME},rm101`);
  await room.server.waitForManifestRow(host.hardware.mac);
  await room.server.mimeo(['deploy', NAME, '--yes']);
  await host.powerOn();
  await hasWritten(host, 30);
  await host.powerCut();
  await host.powerOn();
  await taskDone(host);
  await host.waitForSerial(room.masters.uefi.bootLine, BOOT_MS);
  assert.equal(await host.waitForOff(60_000), 'guest-shutdown');
  // GRUB's own NTFS driver read it from the deployed volume.
  await host.waitForSerial(new RegExp(`ComputerName=${NAME}`), 0);
  await assertAsOrdered(room, host, room.masters.uefi, NAME);
}
