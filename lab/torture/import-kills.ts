import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { loadSigningKey, nodeFiles } from '../../src/store/index.ts';
import { checkWhole } from '../engine/store/whole.ts';
import { LabProcess } from '../process.ts';
import { wrongChunks } from './disk-facts.ts';
import { rawDisk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const DISK_MIB = 48;
const VICTIMS = ['command', 'server', 'both'] as const;
/** A command whose server is gone says so and ends within this time. */
const NOTICED_MS = 60_000;

/**
 * Kills `mimeo image import`, the server, or both at random instants of an import: the image is whole or not there,
 * nothing half-written outlives the server's next start, and the same import again ends well.
 */
export async function tortureImport({ kills }: { kills: number }): Promise<TortureResult> {
  const tally = new Tally('import');
  const room = await AgentRoom.open({ disksMib: 256 });
  try {
    const { server } = room;
    const disk = room.disk('foreign');
    await rawDisk(disk, DISK_MIB);
    const begun = Date.now();
    await (await importDisk(room, disk, 'first')).ended;
    tally.check((await server.images()).length === 1, 'an undisturbed import made no image');
    // Shortly longer than an import takes, so that its end is hit as well.
    const importMs = (Date.now() - begun) * 1.1;
    let committed = 0;
    for (let killed = 0; killed < kills; killed++) {
      await rawDisk(disk, DISK_MIB);
      const name = `image-${killed}`;
      const command = await importDisk(room, disk, name);
      await wait(Math.random() * importMs);
      const victim = VICTIMS[killed % VICTIMS.length];
      if (victim !== 'server') await command.stop('SIGKILL');
      if (victim !== 'command') {
        await server.kill();
        await Promise.race([command.ended, wait(NOTICED_MS, undefined, { ref: false })]);
        tally.check(!command.running, `an import whose server was killed went on: ${command.said.tail()}`);
        await command.stop('SIGKILL');
        await server.switchOn();
        const left = await halfWritten(server.data);
        tally.check(left.length === 0, `half-written after a start: ${left.join(', ')}`);
      }
      const early = (await server.images()).filter((image) => image.name === name);
      committed += early.length;
      for (const { version } of early) {
        const wrong = await wrongChunks(disk, await room.index(name, version));
        tally.check(
          wrong === 0,
          `${wrong} chunks of ${name}@${version}, committed before the kill, are wrong`,
        );
      }
      const again = await importDisk(room, disk, name);
      const how = await again.ended;
      tally.check(how.endsWith('status 0'), `the import again: ${how}: ${again.said.tail()}`);
      const all = (await server.images()).filter((image) => image.name === name);
      if (!tally.check(all.length === early.length + 1, `${all.length} versions of ${name}`)) continue;
      const wrong = await wrongChunks(disk, await room.index(name, all.length));
      tally.check(wrong === 0, `${wrong} chunks of ${name}@${all.length} are not the disk's`);
    }
    const images = (await server.images()).length;
    await server.stop();
    await checkStore(server.data, images);
    return tally.result(
      `${kills} kills during imports, ${committed} of them after the commit; ${images} images are whole`,
    );
  } finally {
    room.close();
  }
}

async function importDisk({ network, server }: AgentRoom, disk: string, name: string): Promise<LabProcess> {
  const argv = [
    ...[...server.outlet.at, process.execPath, join(PROJECT, 'src/cli/main.ts'), '--json'],
    ...['--data', server.data, 'image', 'import', disk, '--name', name],
  ];
  const { holdings } = network;
  return LabProcess.start(argv, { name: `the import of ${name}`, holdings, cwd: PROJECT });
}

/** Files of the store that are not what they are to become. */
async function halfWritten(data: string): Promise<string[]> {
  const all = await readdir(join(data, 'store'), { recursive: true });
  return all.filter((path) => /\.tmp-|incoming\/./.test(path));
}

/** With the server stopped: every image reads back, and garbage collection leaves nothing else. */
async function checkStore(data: string, images: number): Promise<void> {
  const key = await loadSigningKey(join(data, 'keys/index-signing.pem'));
  await checkWhole(nodeFiles, join(data, 'store'), key, (known) => {
    const found = Object.keys(known).length;
    if (found !== images) throw new Error(`${found} images in the folder, ${images} told by the server`);
  });
}
