import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Differing, differing } from './differing.ts';
import { dayOfUse, driftRuns } from './drift.ts';
import { folderBytes } from './folder-bytes.ts';
import type { LoopTarget } from './loop-target.ts';
import { measure } from './measure.ts';
import { IMAGE, openStore } from './mimeo-side.ts';
import type { Outcome } from './side.ts';
import type { ReferenceDisks } from './volume.ts';
import { words } from './words.ts';

/** What the rounds work with. */
export interface Bench {
  readonly disks: ReferenceDisks;
  readonly master: LoopTarget;
  readonly second: LoopTarget;
  readonly target: LoopTarget;
  readonly store: string;
  readonly gib: number;
  readonly repeat: number;
  readonly say: (line: string) => void;
}

export interface Pairs {
  readonly ours: Outcome[];
  readonly theirs: Outcome[];
}

const image = ({ disks }: Bench, name: string): string => join(disks.folder, `${name}.ptcl.zst`);

/** Both sides image the master, in turns. The last round's image and store are what is deployed. */
export async function captureRounds(bench: Bench): Promise<Pairs> {
  const pairs: Pairs = { ours: [], theirs: [] };
  for (let i = 0; i < bench.repeat; i++) {
    await rm(image(bench, 'first'), { force: true });
    const theirs = await measure({ kind: 'clone', device: bench.master.part, image: image(bench, 'first') });
    await rm(bench.store, { recursive: true, force: true });
    await mkdir(bench.store, { recursive: true });
    const ours = await measure({ kind: 'capture', disk: bench.master.whole, store: bench.store });
    bench.say(`capture: Mimeo ${words(ours)}, peer ${words(theirs)}`);
    pairs.ours.push(ours);
    pairs.theirs.push(theirs);
  }
  return pairs;
}

/** Both sides fill an empty disk, in turns; Mimeo once more with read-back. */
export async function deployRounds(bench: Bench): Promise<Pairs & { readBack: Outcome[] }> {
  const { target, store, disks } = bench;
  const pairs = { ours: [] as Outcome[], theirs: [] as Outcome[], readBack: [] as Outcome[] };
  const deploy = { kind: 'deploy', disk: target.whole, store, version: 1 } as const;
  for (let i = 0; i < bench.repeat; i++) {
    await target.clear(disks.diskBytes);
    const theirs = await measure({ kind: 'restore', device: target.part, image: image(bench, 'first') });
    await target.clear(disks.diskBytes);
    const ours = await measure({ ...deploy, verify: false });
    await target.clear(disks.diskBytes);
    const readBack = await measure({ ...deploy, verify: true });
    bench.say(`deploy: Mimeo ${words(ours)}, with read-back ${words(readBack)}, peer ${words(theirs)}`);
    pairs.ours.push(ours);
    pairs.theirs.push(theirs);
    pairs.readBack.push(readBack);
  }
  return pairs;
}

export interface Reimaged extends Outcome {
  /** Bytes that were made different before. */
  readonly driftBytes: number;
}

/** The disk, which holds the image, drifts and is imaged again; beside it what reading its used blocks costs. */
export async function reimageRounds(
  bench: Bench,
  drift: 'runs' | 'day',
): Promise<{ again: Reimaged[]; floor: Outcome[] }> {
  const { target, store } = bench;
  const again: Reimaged[] = [];
  const floor: Outcome[] = [];
  const opened = await openStore(store);
  const { index } = await opened.readIndex(IMAGE, 1);
  await opened.stop();
  for (let i = 0; i < bench.repeat; i++) {
    const driftBytes =
      drift === 'runs'
        ? await driftRuns(target.whole, index, 0.01, 100 + i)
        : await dayOfUse({ ...bench.disks.first, disk: target.whole }, bench.gib, 200 + i);
    await target.forget();
    const read = await measure({ kind: 'read-used', disk: target.whole, store, version: 1 });
    await target.forget();
    const outcome = await measure({ kind: 'deploy', disk: target.whole, store, version: 1, verify: true });
    again.push({ ...outcome, driftBytes });
    floor.push(read);
    const { networkBytes = 0, reusedBytes = 0 } = outcome.facts;
    bench.say(
      `re-image after ${drift}: Mimeo ${words(outcome)}, reading alone ${words(read)}, ${networkBytes} bytes fetched, ${reusedBytes} found`,
    );
  }
  return { again, floor };
}

export interface SecondVersion extends Differing {
  readonly grownBytes: number;
  readonly storeBytes: number;
  readonly peerBytes: number;
  readonly upgradeNetworkBytes: number;
  readonly revertNetworkBytes: number;
}

/** The upgraded master becomes version 2: what the store grows by, and what hosts fetch to go there and back. */
export async function secondVersion(bench: Bench): Promise<SecondVersion> {
  const { store, disks, second, target } = bench;
  const before = await folderBytes(store);
  await measure({ kind: 'capture', disk: second.whole, store });
  const after = await folderBytes(store);
  await measure({ kind: 'clone', device: second.part, image: image(bench, 'second') });
  const opened = await openStore(store);
  const one = (await opened.readIndex(IMAGE, 1)).index;
  const two = (await opened.readIndex(IMAGE, 2)).index;
  await opened.stop();
  const found = await differing(
    { disk: disks.first.disk, index: one },
    { disk: disks.second.disk, index: two },
  );
  const sizes = await Promise.all(
    ['first', 'second'].map(async (name) => (await stat(image(bench, name))).size),
  );
  const upgrade = await measure({ kind: 'deploy', disk: target.whole, store, version: 2, verify: true });
  const revert = await measure({ kind: 'deploy', disk: target.whole, store, version: 1, verify: true });
  return {
    ...found,
    grownBytes: after - before,
    storeBytes: after,
    peerBytes: sizes.reduce((sum, size) => sum + size, 0),
    upgradeNetworkBytes: upgrade.facts['networkBytes'] ?? 0,
    revertNetworkBytes: revert.facts['networkBytes'] ?? 0,
  };
}
