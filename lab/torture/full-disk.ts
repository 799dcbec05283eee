import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { rawDisk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const DATA_MIB = 48;
const MASTER_MIB = 96;

/**
 * A capture that the data disk has no room for: it fails with words, nothing is committed, the space is given
 * back, the server goes on; and with room the same task ends well.
 */
export async function tortureFullDisk(): Promise<TortureResult> {
  const tally = new Tally('full data disk');
  const room = await AgentRoom.open({ dataMib: DATA_MIB });
  try {
    const { server } = room;
    const free = await freeBytes(server.data);
    const disk = await rawDisk(room.disk('master'), MASTER_MIB);
    const task = await room.capture(disk, 'big');
    tally.check(task.status === 'failed', `the capture ended ${task.status}`);
    tally.check(task.failure?.code === 'store-full', `it failed with ${JSON.stringify(task.failure)}`);
    tally.check((task.failure?.next ?? '') !== '', 'it does not say what to do next');
    tally.check((await server.images()).length === 0, 'an image was committed');
    const kept = await chunkFiles(server.data);
    tally.check(kept.length === 0, `${kept.length} chunk files are left`);
    const lost = free - (await freeBytes(server.data));
    tally.check(lost < 4 * 1_048_576, `${lost} bytes were not given back`);

    await run(['mount', '-o', 'remount,size=512m', server.data]);
    const again = await room.capture(disk, 'big');
    tally.check(again.status === 'done', `with room it ended ${again.status}: ${again.words}`);
    tally.check((await server.images()).length === 1, 'with room there is no image');
    return tally.result(`${MASTER_MIB} MiB into ${DATA_MIB} MiB: "${task.failure?.message ?? ''}"`);
  } finally {
    room.close();
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { stdout } = await run(['stat', '--file-system', '--format=%a %S', folder]);
  const [blocks = 0, size = 0] = stdout.toString().trim().split(' ').map(Number);
  return blocks * size;
}

/** Chunk files, temporary ones too. */
async function chunkFiles(data: string): Promise<string[]> {
  const found = await readdir(join(data, 'store/chunks'), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
