import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { median, rounded } from '../options.ts';
import { CLONE, RESTORE } from './peer-side.ts';
import type { Pairs, Reimaged, SecondVersion } from './rounds.ts';
import type { Outcome } from './side.ts';
import type { VolumeFacts } from './volume.ts';

export interface Results {
  readonly facts: VolumeFacts;
  readonly capture: Pairs;
  readonly deploy: Pairs & { readonly readBack: Outcome[] };
  readonly second: SecondVersion;
  readonly drift: { readonly again: Reimaged[]; readonly floor: Outcome[] };
  readonly day: { readonly again: Reimaged[]; readonly floor: Outcome[] };
}

const GIB = 2 ** 30;
const wall = (outcomes: readonly Outcome[]): number => median(outcomes.map((one) => one.wallSeconds));
const cpu = (outcomes: readonly Outcome[]): number => median(outcomes.map((one) => one.cpuSeconds));
const fact = (outcomes: readonly Outcome[], name: string): number =>
  median(outcomes.map((one) => one.facts[name] ?? Number.NaN));

/** The figures as they are published; every ratio is ours over theirs, so that less is better. */
export function report({ facts, capture, deploy, second, drift, day }: Results): object {
  const used = fact(capture.ours, 'usedBytes');
  const stored = fact(capture.ours, 'storedBytes');
  const gib = used / GIB;
  const seconds = (outcomes: readonly Outcome[]): number[] =>
    outcomes.map((one) => rounded(one.wallSeconds, 2));
  return {
    capture_wall_ratio: rounded(wall(capture.ours) / wall(capture.theirs)),
    deploy_wall_ratio: rounded(wall(deploy.ours) / wall(deploy.theirs)),
    deploy_cpu_ratio: rounded(cpu(deploy.ours) / cpu(deploy.theirs)),
    deploy_readback_wall_ratio: rounded(wall(deploy.readBack) / wall(deploy.theirs)),
    second_version_ratio: rounded(second.grownBytes / second.packedBytes),
    second_version_chunk_floor_ratio: rounded(second.chunkBytes / second.packedBytes),
    second_version_store_to_peer_ratio: rounded(second.storeBytes / second.peerBytes),
    reimage_network_share: rounded(fact(drift.again, 'networkBytes') / stored, 4),
    reimage_wall_ratio: rounded(wall(drift.again) / wall(drift.floor)),
    day_network_share: rounded(fact(day.again, 'networkBytes') / stored, 4),
    day_wall_ratio: rounded(wall(day.again) / wall(day.floor)),
    upgrade_network_share: rounded(second.upgradeNetworkBytes / stored, 4),
    revert_network_share: rounded(second.revertNetworkBytes / stored, 4),
    volume: {
      ...facts,
      used_bytes: used,
      stored_bytes: stored,
      zstd_ratio: rounded(used / stored, 2),
    },
    cpu_s_per_gib: {
      capture: rounded(cpu(capture.ours) / gib, 2),
      capture_peer: rounded(cpu(capture.theirs) / gib, 2),
      deploy: rounded(cpu(deploy.ours) / gib, 2),
      deploy_readback: rounded(cpu(deploy.readBack) / gib, 2),
      deploy_peer: rounded(cpu(deploy.theirs) / gib, 2),
    },
    peak_mib: {
      runtime: rounded(median([...capture.ours, ...deploy.ours].map((one) => one.startMib)), 0),
      capture: rounded(Math.max(...capture.ours.map((one) => one.peakMib)), 0),
      deploy: rounded(Math.max(...[...deploy.ours, ...deploy.readBack].map((one) => one.peakMib)), 0),
      reimage: rounded(Math.max(...drift.again.map((one) => one.peakMib)), 0),
    },
    seconds: {
      capture: seconds(capture.ours),
      capture_peer: seconds(capture.theirs),
      deploy: seconds(deploy.ours),
      deploy_readback: seconds(deploy.readBack),
      deploy_peer: seconds(deploy.theirs),
      reimage: seconds(drift.again),
      reimage_floor: seconds(drift.floor),
      day: seconds(day.again),
      day_floor: seconds(day.floor),
    },
    second_version: second,
    drift_bytes: drift.again.map((one) => one.driftBytes),
    day_bytes: day.again.map((one) => one.driftBytes),
    read_back_from_disk: deploy.readBack.every((one) => one.facts['readBack'] === 1),
    peers: { capture: CLONE, deploy: RESTORE },
    machine: { cpus: cpus().length, sha_ni: /\bsha_ni\b/.test(readFileSync('/proc/cpuinfo', 'latin1')) },
  };
}
