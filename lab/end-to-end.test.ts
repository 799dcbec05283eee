/**
 * The whole path on real firmware: two masters are captured, three machines with empty disks become
 * themselves and start from their own disks; the server is killed and a machine's power cut on the way.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { labNeeds, MASTER_TOOLS, QEMU } from './needs.ts';
import { BOOT_ENVIRONMENT } from './server.ts';
import { BIOS_IMAGE, captureAtTheScreen, captureFromTheDesk, UEFI_IMAGE } from './stories/capture-masters.ts';
import { listedHost } from './stories/listed-host.ts';
import { Room } from './stories/room.ts';
import { uefiHost } from './stories/uefi-host.ts';
import { unknownHost } from './stories/unknown-host.ts';

const skip =
  labNeeds(QEMU, 'dnsmasq', ...MASTER_TOOLS) ||
  (!existsSync(join(BOOT_ENVIRONMENT, 'initrd.img')) &&
    'the boot environment is not built: npm start builds it');

test('a room of machines, end to end', { skip, timeout: 20 * 60_000 }, async (t) => {
  const room = await Room.open();
  t.after(() => room.close());
  await t.test('both masters are captured and not written to', { concurrency: true }, async (capture) => {
    await Promise.all([
      capture.test('BIOS, at its screen', () => captureAtTheScreen(room, room.masters.bios, BIOS_IMAGE)),
      capture.test('UEFI, from the desk', () => captureFromTheDesk(room, room.masters.uefi, UEFI_IMAGE)),
    ]);
  });
  await t.test('three machines become themselves', { concurrency: true }, async (deploy) => {
    await Promise.all([
      deploy.test('BIOS, in the manifest, the server killed on the way', () => listedHost(room)),
      deploy.test('UEFI from the GPT master, its power cut on the way', () => uefiHost(room)),
      deploy.test('unknown, asked on its serial line', () => unknownHost(room)),
    ]);
  });
});
