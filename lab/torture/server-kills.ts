import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FolderStore, loadSigningKey } from '../../src/store/index.ts';
import { chunkIds, wrongChunks } from './disk-facts.ts';
import type { AgentHost } from './rig/agent-host.ts';
import { blankDisk, ext4Disk, rawDisk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const MASTER_MIB = 24;
const DEPLOY_MIB = 32;

/**
 * Kills the server at random instants while one host is deployed and another captured, and starts it again:
 * each order ends well and once, each image is whole and the master's, each disk is the image.
 */
export async function tortureServer({ kills }: { kills: number }): Promise<TortureResult> {
  const tally = new Tally('server');
  const room = await AgentRoom.open({ disksMib: 2048 });
  try {
    const { server } = room;
    const master = room.disk('master');
    const { bytes } = await ext4Disk(master, DEPLOY_MIB);
    const index = await room.makeImage(master, 'xp');
    const pc = await room.host('pc');
    const golden = await room.host('golden');
    await blankDisk(pc.disk, bytes);
    await room.assign(pc, 'xp', 'PC1');
    await room.assign(golden, 'xp', 'GOLDEN');
    let killed = 0;
    let orders = 0;
    // Shortly longer than such a round takes undisturbed, so that the ends of the tasks are hit as well.
    let roundMs = 4000;
    for (let round = 0; killed < kills; round++) {
      await blankDisk(pc.disk, bytes);
      await rm(golden.disk, { force: true });
      await rawDisk(golden.disk, MASTER_MIB);
      const image = `master-${round}`;
      const deployment = await server.deploy(['PC1'], 'shutdown');
      const capture = await server.capture('GOLDEN', image);
      orders += 2;
      const begun = Date.now();
      await Promise.all([pc.powerOn(), golden.powerOn()]);
      const undisturbed = round === 0;
      while (!undisturbed && killed < kills && (pc.process.running || golden.process.running)) {
        await wait(Math.random() * roundMs);
        await server.kill();
        killed++;
        await server.switchOn();
      }
      await Promise.all([pc, golden].map((host) => settled(host)));
      if (undisturbed) roundMs = Date.now() - begun;
      const deployed = await room.ended(deployment.id);
      const captured = await room.ended(capture.id);
      tally.check(deployed.status === 'done', `a deployment ended ${deployed.status}: ${deployed.words}`);
      tally.check(captured.status === 'done', `a capture ended ${captured.status}: ${captured.words}`);
      const wrong = await wrongChunks(pc.disk, index);
      tally.check(wrong === 0, `${wrong} chunks of a deployed disk are wrong`);
      const versions = (await server.images()).filter(({ name }) => name === image);
      if (!tally.check(versions.length === 1, `${versions.length} versions of ${image}`)) continue;
      const differing = await wrongChunks(golden.disk, await room.index(image, 1));
      tally.check(differing === 0, `${differing} chunks of ${image} are not the master's`);
    }
    const all = await server.deployments();
    tally.check(all.length === Math.min(100, orders + 1), `${all.length} orders of ${orders + 1}`);
    tally.check(
      all.every(({ open }) => !open),
      'an order is still open',
    );
    const checked = await checkStore(room, tally);
    return tally.result(`${killed} kills during ${orders} orders; ${checked} chunks of all images are whole`);
  } finally {
    room.close();
  }
}

/** A host whose server was killed goes on by itself; that takes a while, as it asks less and less often. */
async function settled(host: AgentHost): Promise<void> {
  await host.off(180_000);
}

/** With the server stopped every image is read and every chunk of it re-hashed; how many. */
async function checkStore(room: AgentRoom, tally: Tally): Promise<number> {
  const { server } = room;
  const images = await server.images();
  await server.stop();
  const signingKey = await loadSigningKey(join(server.data, 'keys/index-signing.pem'));
  const store = new FolderStore({ folder: join(server.data, 'store'), signingKey });
  await store.start();
  const ids = new Set<string>();
  for (const { name, version } of images) {
    for (const id of chunkIds(await room.index(name, version))) ids.add(id);
  }
  for (const id of ids) tally.check((await store.recheck(id)) === 'good', `chunk ${id} is not whole`);
  await store.stop();
  return ids.size;
}
