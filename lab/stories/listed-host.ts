import assert from 'node:assert/strict';
import { Workstation } from '../workstation.ts';
import { assertAsOrdered } from './as-ordered.ts';
import { BIOS_IMAGE } from './capture-masters.ts';
import { BOOT_MS, hasWritten, taskDone } from './conversation.ts';
import type { Room } from './room.ts';

const NAME = 'RM101-PC01';
const GiB = 1024 ** 3;

/**
 * A BIOS machine that stands in the manifest, with a disk larger than the master's. In the middle of its
 * deployment the server is killed, and started again. Nobody touches the machine; it ends well, stays off as
 * ordered, and its next power-on starts Windows from its own disk.
 */
export async function listedHost(room: Room): Promise<void> {
  const host = await Workstation.build(room.network, {
    name: 'listed',
    firmware: 'bios',
    diskBytes: 3 * GiB,
  });
  await room.server.appendToManifest(`${host.hardware.mac},${BIOS_IMAGE},${NAME},rm101`);
  await room.server.waitForManifestRow(host.hardware.mac);
  await room.server.mimeo(['deploy', NAME, '--yes', '--after', 'shutdown']);
  await host.powerOn();
  await hasWritten(host, 20);
  await room.server.kill();
  await room.server.switchOn();
  await taskDone(host);
  assert.equal(await host.waitForOff(60_000), 'guest-shutdown');
  await assertAsOrdered(room, host, room.masters.bios, NAME);
  await host.powerOn();
  await host.waitForSerial(room.masters.bios.bootLine, BOOT_MS);
  await host.powerCut();
}
