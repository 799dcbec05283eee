import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Workstation } from '../workstation.ts';
import { assertAsOrdered } from './as-ordered.ts';
import { BIOS_IMAGE } from './capture-masters.ts';
import { BOOT_MS, converse, taskDone } from './conversation.ts';
import type { Room } from './room.ts';

const NAME = 'RM101-PC03';

/**
 * A machine that nobody knows asks at its own screen, and is answered on its serial line with a technician's
 * code. The answer is written back to the manifest; the machine restarts from its own disk.
 */
export async function unknownHost(room: Room): Promise<void> {
  const host = await Workstation.build(room.network, {
    name: 'unknown',
    firmware: 'bios',
    diskBytes: room.masters.bios.diskBytes,
  });
  const { code } = z.object({ code: z.string() }).parse(await room.server.mimeo(['code']));
  await host.powerOn();
  await converse(host, [
    [/Choose 1-3:/, '2'],
    [/Image number:/, BIOS_IMAGE],
    [/Computer name/, NAME],
    [/Technician's code:/, code],
    [/Type yes to wipe/, 'yes'],
  ]);
  await taskDone(host);
  await host.waitForSerial(room.masters.bios.bootLine, BOOT_MS);
  await host.powerCut();
  const manifest = await readFile(room.server.manifest, 'utf8');
  const row = manifest.split(/\r?\n/).find((line) => line.toLowerCase().includes(host.hardware.mac));
  assert.match(row ?? '(no row)', new RegExp(`${BIOS_IMAGE},${NAME}`), 'the answer is not in the manifest');
  await assertAsOrdered(room, host, room.masters.bios, NAME);
}
