import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../src/command.ts';
import type { Master } from '../masters/index.ts';
import { Workstation } from '../workstation.ts';
import { BOOT_MS, converse, taskDone } from './conversation.ts';
import type { Room } from './room.ts';

const codeView = z.object({ code: z.string() });
const imageList = z.array(
  z.object({ name: z.string(), version: z.number(), diskBytes: z.number(), usedBytes: z.number() }),
);

export const BIOS_IMAGE = 'win-xp';
export const UEFI_IMAGE = 'win-uefi';

/**
 * A technician stands in front of a master that nobody knows yet and makes an image of it, with a code from
 * the server. The master must not have changed by one byte.
 */
export async function captureAtTheScreen(room: Room, master: Master, image: string): Promise<void> {
  const workstation = await masterMachine(room, master);
  const { code } = codeView.parse(await room.server.mimeo(['code']));
  await workstation.powerOn();
  await converse(workstation, [
    [/Choose 1-3:/, '3'],
    [/Image name:/, image],
    [/Technician's code:/, code],
    [/Type yes to capture/, 'yes'],
  ]);
  await taskDone(workstation);
  await workstation.powerCut();
  await assertCaptured(room, master, workstation, image);
}

/** The same, ordered from the server's console while the machine asks. */
export async function captureFromTheDesk(room: Room, master: Master, image: string): Promise<void> {
  const workstation = await masterMachine(room, master);
  await workstation.powerOn();
  await workstation.waitForSerial(/Choose 1-3:/, BOOT_MS);
  await room.server.mimeo(['capture', workstation.hardware.mac, image, '--after', 'shutdown']);
  await taskDone(workstation);
  assert.equal(await workstation.waitForOff(60_000), 'guest-shutdown');
  await assertCaptured(room, master, workstation, image);
}

async function masterMachine(room: Room, master: Master): Promise<Workstation> {
  const disk = join(room.network.folder, `master-${master.firmware}.raw`);
  await run(['cp', '--sparse=always', master.disk, disk]);
  return Workstation.build(room.network, {
    name: `master-${master.firmware}`,
    firmware: master.firmware,
    disk,
  });
}

async function assertCaptured(
  room: Room,
  master: Master,
  workstation: Workstation,
  image: string,
): Promise<void> {
  await run(['cmp', master.disk, workstation.hardware.disk]);
  const images = imageList.parse(await room.server.mimeo(['image', 'list']));
  const found = images.find(({ name }) => name === image);
  assert.equal(found?.version, 1, `image ${image} is missing`);
  assert.ok(found.usedBytes < 200 * 1024 * 1024, `${found.usedBytes} bytes used: was free space captured?`);
}
