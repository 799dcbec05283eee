import { setTimeout as wait } from 'node:timers/promises';
import type { ImageIndex } from '../../src/image/index.ts';
import { hasTable, looksBootable, sameAs, wrongChunks } from './disk-facts.ts';
import type { AgentHost } from './rig/agent-host.ts';
import { blankDisk, ext4Disk, oldDisk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

/** The server gives a host up that comes back for its order six times. */
const KILLS_PER_DEPLOYMENT = 4;
/** Slow enough that most cuts fall into the writing. */
const PORT_RATE = '300mbit';
const MIB = 1_048_576;

/**
 * Cuts a host's power at random instants of its deployments, onto a disk with an old system and onto an empty
 * one. After each cut the disk must hold all of the old system, start nothing, or be complete; and in the end
 * it must be the image.
 */
export async function tortureDeploy({ kills }: { kills: number }): Promise<TortureResult> {
  const tally = new Tally('deploy');
  const room = await AgentRoom.open({ disksMib: 2048, portRate: PORT_RATE });
  try {
    const master = room.disk('master');
    const { bytes } = await ext4Disk(master, 48);
    const index = await room.makeImage(master, 'xp');
    const old = await oldDisk(room.disk('old'), bytes + 4 * MIB);
    const host = await room.host('pc');
    await blankDisk(host.disk, bytes + 4 * MIB);
    await room.assign(host, 'xp', 'PC1');
    const whole = await measure(room, host);
    const seen = { untouched: 0, unbootable: 0, complete: 0 };
    let killed = 0;
    let deployments = 0;
    for (; killed < kills; deployments++) {
      if (deployments % 2 === 0) await room.copyDisk(old, host.disk);
      else await blankDisk(host.disk, bytes + 4 * MIB);
      const before = deployments % 2 === 0 ? old : null;
      const { id } = await room.server.deploy(['PC1']);
      for (let i = 0; i < KILLS_PER_DEPLOYMENT && killed < kills; i++) {
        await host.powerOn();
        await wait(whole.fromMs + Math.random() * (whole.toMs - whole.fromMs));
        if (!host.process.running) break;
        await host.powerCut();
        killed++;
        const state = await stateOf(host.disk, before, index);
        if (tally.check(state !== 'broken', `cut ${killed}: the disk looks bootable and is not complete`))
          seen[state as keyof typeof seen]++;
      }
      await finish(room, host, id, index, tally);
    }
    const found = Object.entries(seen).map(([state, count]) => `${count} ${state}`);
    return tally.result(
      `${killed} power cuts in ${deployments} deployments; after a cut the disk was: ${found.join(', ')}`,
    );
  } finally {
    room.close();
  }
}

/** From the first byte to the end of one undisturbed deployment, in milliseconds after power-on. */
async function measure(room: AgentRoom, host: AgentHost): Promise<{ fromMs: number; toMs: number }> {
  const { id } = await room.server.deploy(['PC1']);
  const begun = Date.now();
  await host.powerOn();
  await host.process.said.waitFor(/deploy task/, 60_000);
  const fromMs = Date.now() - begun;
  await host.off();
  const toMs = Date.now() - begun;
  const { status, words } = await room.ended(id);
  if (status !== 'done') throw new Error(`the first deployment ended ${status}: ${words}`);
  return { fromMs, toMs };
}

type State = 'untouched' | 'unbootable' | 'complete' | 'broken';

async function stateOf(disk: string, old: string | null, index: ImageIndex): Promise<State> {
  if (!(await looksBootable(disk))) return 'unbootable';
  if ((await wrongChunks(disk, index)) === 0) return 'complete';
  return old !== null && (await sameAs(disk, old, MIB)) ? 'untouched' : 'broken';
}

async function finish(
  room: AgentRoom,
  host: AgentHost,
  id: string,
  index: ImageIndex,
  tally: Tally,
): Promise<void> {
  // It was cut after its last report, or told of its end before the cut: then it starts its own disk now.
  await host.powerOn();
  await host.off();
  const { status, words } = await room.ended(id);
  tally.check(status === 'done', `a deployment ended ${status}: ${words}`);
  const wrong = await wrongChunks(host.disk, index);
  tally.check(wrong === 0, `${wrong} chunks of a finished disk are not the image's`);
  tally.check(await hasTable(host.disk, index), 'a finished disk has not the image’s table');
}
