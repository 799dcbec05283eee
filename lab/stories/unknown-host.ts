import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Workstation } from '../workstation.ts';
import { assertAsOrdered } from './as-ordered.ts';
import { BIOS_IMAGE } from './capture-masters.ts';
import { BOOT_MS, converse, TASK_MS, taskDone } from './conversation.ts';
import type { Room } from './room.ts';

const hostView = z.object({ timeline: z.array(z.object({ words: z.string() })) });
const NAME = 'RM101-PC03';

/**
 * A machine that nobody knows asks at its own screen, and is answered on its serial line with a technician's
 * code. Its power is cut when everything is written but not yet checked; switched on again it is not asked a
 * second time, finds on its disk what it wrote, and ends well. The answer stands in the manifest.
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
  await host.waitForSerial(/phase=verifying/, TASK_MS);
  await host.powerCut();
  await host.powerOn();
  await taskDone(host);
  await host.waitForSerial(room.masters.bios.bootLine, BOOT_MS);
  await host.powerCut();
  const manifest = await readFile(room.server.manifest, 'utf8');
  const row = manifest.split(/\r?\n/).find((line) => line.toLowerCase().includes(host.hardware.mac));
  assert.match(row ?? '(no row)', new RegExp(`${BIOS_IMAGE},${NAME}`), 'the answer is not in the manifest');
  await assertAsOrdered(room, host, room.masters.bios, NAME);
  await assertFoundOnDisk(room);
}

/** The last attempt found on the disk what the one before had written, as the agent reported it. */
async function assertFoundOnDisk(room: Room): Promise<void> {
  const { timeline } = hostView.parse(await room.server.mimeo(['host', 'show', NAME]));
  const told = timeline.map(({ words }) => words).filter((words) => words.includes('found on the disk'));
  const found = Number(/ (\d+) found on the disk/.exec(told.at(-1) ?? '')?.[1] ?? 0);
  assert.ok(found > 0, `what was written before the power cut was fetched again: ${told.join('; ')}`);
}
