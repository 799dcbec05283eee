import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hostDetailSchema } from '../../src/api/index.ts';
import { chunkIds, looksBootable, wrongChunks } from './disk-facts.ts';
import { blankDisk, ext4Disk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

/**
 * Some bits of a chunk rot on the server's disk: the host that gets it refuses it and reports it, its task
 * fails with words and its disk does not start; the server sets the chunk aside. Captured again, the image is
 * whole again.
 */
export async function tortureAlteredChunk(): Promise<TortureResult> {
  const tally = new Tally('altered chunk');
  const room = await AgentRoom.open();
  try {
    const { server } = room;
    const master = room.disk('master');
    const { bytes } = await ext4Disk(master, 8);
    const index = await room.makeImage(master, 'xp');
    const ids = chunkIds(index);
    const id = ids[Math.floor(ids.length / 2)] ?? '';
    const chunk = join(server.data, 'store/chunks', id.slice(0, 2), `${id}.zst`);
    await flipBits(chunk);

    const host = await room.host('pc');
    await blankDisk(host.disk, bytes);
    await room.assign(host, 'xp', 'PC1');
    const order = await server.deploy(['PC1'], 'shutdown');
    await host.powerOn();
    const task = await room.ended(order.id);
    tally.check(task.status === 'failed', `the deployment ended ${task.status}`);
    const { code = '', message = '', next = '' } = task.failure ?? {};
    tally.check(/^chunk-(?:damaged|missing)$/.test(code), `it failed with ${code}`);
    tally.check(message.includes(id.slice(0, 12)), `its words do not name the chunk: ${message}`);
    tally.check(next !== '', 'it does not say what to do next');
    tally.check(!(await looksBootable(host.disk)), 'the unfinished disk looks bootable');
    tally.check(!existsSync(chunk), 'the damaged chunk is still in its place');
    tally.check(existsSync(join(server.data, 'store/damaged', `${id}.zst`)), 'it was not set aside');
    const { timeline } = hostDetailSchema.parse(await server.get('/api/v1/hosts/PC1'));
    const told = timeline.find(({ words }) => words.includes(id.slice(0, 12)) && /set aside/.test(words));
    tally.check(told?.level === 'error', 'the host’s timeline does not tell of it');
    await host.powerCut();

    const again = await room.capture(master, 'xp');
    tally.check(again.status === 'done', `captured again it ended ${again.status}: ${again.words}`);
    const second = await server.deploy(['PC1'], 'shutdown');
    await host.powerOn();
    const healed = await room.ended(second.id);
    tally.check(healed.status === 'done', `deployed again it ended ${healed.status}: ${healed.words}`);
    tally.check((await wrongChunks(host.disk, index)) === 0, 'the disk is not the image');
    return tally.result(`"${message}"`);
  } finally {
    room.close();
  }
}

async function flipBits(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const byte = Buffer.alloc(1);
    const at = Math.floor(size / 2);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0x10;
    await file.write(byte, 0, 1, at);
    await file.sync();
  } finally {
    await file.close();
  }
}
