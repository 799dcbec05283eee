/**
 * `npm run bench:deploy`: one host at a port of a given speed gets an image. The clock runs from the order
 * taken to the last byte verified on its disk; the floor is the image's chunks at the port's bare rate.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labNeeds } from '../lab/needs.ts';
import { LabNetwork, type LabNetworkOptions } from '../lab/network/index.ts';
import { AgentHost } from '../lab/torture/rig/agent-host.ts';
import { blankDisk, ext4Disk } from '../lab/torture/rig/masters.ts';
import { ServerRig } from '../lab/torture/rig/server-rig.ts';
import { run } from '../src/command.ts';
import { LoopDisk } from './loop-disk.ts';
import { DEPLOY_USAGE, type DeployBenchOptions, median, parseDeployOptions, rounded } from './options.ts';
import { type Peer, setUpPeer } from './peer.ts';

const IMAGE = 'bench';

interface Measured {
  readonly seconds: number;
  /** The parts of it: until the first chunk is asked for, until the last is written, until all are read back. */
  readonly parts: readonly [prepare: number, write: number, verify: number];
  readonly serverCpu: number;
  readonly agentCpu: number;
  readonly agentMemory: number;
}

async function bench(options: DeployBenchOptions, say: (line: string) => void): Promise<object> {
  const network = await new LabNetwork({ portRate: options.rate } satisfies LabNetworkOptions).open();
  try {
    await mkdir(join(network.folder, 'disks'));
    // In memory: the disk of this machine is not what is measured.
    await run([
      'mount',
      '-t',
      'tmpfs',
      '-o',
      `size=${options.mib * 6 + 256}m`,
      'bench',
      join(network.folder, 'disks'),
    ]);
    const disk = (name: string): string => join(network.folder, 'disks', name);
    const server = await ServerRig.start(network);
    say(`making a master with ${options.mib} MiB of random bytes`);
    const master = await ext4Disk(disk('master.raw'), options.mib);
    await capture(network, server, disk('master.raw'));
    const image = (await server.images())[0];
    if (image === undefined) throw new Error('the image is not there');
    const floor = (image.storedBytes * 8) / options.bitsPerSecond;
    say(`captured: ${image.storedBytes} bytes of chunks, floor ${floor.toFixed(2)} s at ${options.rate}`);

    const path = await blankDisk(disk('host.raw'), master.bytes);
    const loop = await LoopDisk.attach(path, network.holdings);
    const host = await AgentHost.plugIn(network, {
      name: 'host',
      number: 21,
      disk: loop.device,
      diskBytes: master.bytes,
      server: server.url,
    });
    await server.saveManifest(`mac,image,name\n${host.mac},${IMAGE},PC1\n`);
    await server.until(
      'the manifest is in force',
      10_000,
      async () => (await server.status()).manifest.rows === 1,
    );
    const peer = await setUpPeer({
      network,
      server: server.outlet,
      host: host.outlet,
      volume: master.volume,
    });

    const measured: Measured[] = [];
    const peerSeconds: number[] = [];
    for (let i = 0; i < options.repeat; i++) {
      await loop.blank();
      const one = await deployOnce(server, host, options);
      measured.push(one);
      say(
        `Mimeo: ${one.seconds.toFixed(2)} s, ratio ${(one.seconds / floor).toFixed(3)} (${one.parts.join(' + ')})`,
      );
      await loop.blank();
      const seconds = await restoreOnce(peer, loop.device);
      if (seconds === null) continue;
      peerSeconds.push(seconds);
      say(`${peer.words}: ${seconds.toFixed(2)} s, ratio ${(seconds / floor).toFixed(3)}`);
    }
    return report(options, image.storedBytes, floor, measured, peer, peerSeconds);
  } finally {
    network.close();
  }
}

/** The master stands beside the server, so that its capture does not wait for the slow cable. */
async function capture(network: LabNetwork, server: ServerRig, disk: string): Promise<void> {
  const master = await AgentHost.standAt(network, server.outlet, {
    name: 'master',
    disk,
    server: server.url,
  });
  await master.introduce();
  const { id } = await server.capture(master.mac, IMAGE);
  await master.powerOn();
  const [task] = await server.ended(id, 300_000);
  if (task?.status !== 'done') throw new Error(`the capture ended ${task?.status}: ${task?.words}`);
  await master.off();
}

async function deployOnce(
  server: ServerRig,
  host: AgentHost,
  options: DeployBenchOptions,
): Promise<Measured> {
  const { id } = await server.deploy(['PC1']);
  const cpuBefore = await server.cpuSeconds();
  await host.powerOn();
  const [task] = await server.ended(
    id,
    120_000 + ((options.mib * 8 * 1_048_576) / options.bitsPerSecond) * 4000,
  );
  if (task?.status !== 'done') throw new Error(`the deployment ended ${task?.status}: ${task?.words}`);
  const serverCpu = (await server.cpuSeconds()) - cpuBefore;
  await host.off();
  const said = host.process.said.text;
  const at = (line: RegExp): number => Number(line.exec(said)?.[1]);
  const used = JSON.parse(/used: (.*)/.exec(said)?.[1] ?? '{}') as {
    cpuSeconds: number;
    memoryBytes: number;
  };
  // This line comes after the last chunk was read back and compared.
  const verified = at(/^(\d+) \S+: \d+ bytes written, 0 found on the disk/m);
  const taken = at(/^(\d+) deploy task/m);
  const writing = at(/^(\d+) MIMEO phase=writing/m);
  const verifying = at(/^(\d+) MIMEO phase=verifying/m);
  const seconds = (verified - taken) / 1000;
  if (!(seconds > 0))
    throw new Error(`the agent did not say when it was done:\n${host.process.said.tail(60)}`);
  const parts = [
    (writing - taken) / 1000,
    (verifying - writing) / 1000,
    (verified - verifying) / 1000,
  ] as const;
  return { seconds, parts, serverCpu, agentCpu: used.cpuSeconds, agentMemory: used.memoryBytes };
}

async function restoreOnce(peer: Peer, device: string): Promise<number | null> {
  return peer.restore === null ? null : await peer.restore(device);
}

function report(
  { rate, mib }: DeployBenchOptions,
  bytes: number,
  floor: number,
  measured: readonly Measured[],
  peer: Peer,
  peerSeconds: readonly number[],
): object {
  const seconds = median(measured.map((one) => one.seconds));
  const peerMedian = median(peerSeconds);
  return {
    rate,
    mib,
    bytes,
    floor_s: rounded(floor),
    seconds: rounded(seconds),
    ratio: rounded(seconds / floor),
    parts_s: {
      prepare: rounded(median(measured.map((one) => one.parts[0]))),
      write: rounded(median(measured.map((one) => one.parts[1]))),
      verify: rounded(median(measured.map((one) => one.parts[2]))),
    },
    all_seconds: measured.map((one) => rounded(one.seconds)),
    cpu_s: {
      server: rounded(median(measured.map((one) => one.serverCpu)), 2),
      agent: rounded(median(measured.map((one) => one.agentCpu)), 2),
    },
    agent_memory_mib: rounded(median(measured.map((one) => one.agentMemory)) / 1_048_576, 0),
    peer: peer.words,
    peer_seconds: Number.isNaN(peerMedian) ? null : rounded(peerMedian),
    peer_ratio: Number.isNaN(peerMedian) ? null : rounded(peerMedian / floor),
    peer_all_seconds: peerSeconds.map((one) => rounded(one)),
  };
}

const options = parseDeployOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(DEPLOY_USAGE);
} else {
  const need = labNeeds('ip', 'tc', 'losetup', 'mkfs.ext4', 'sfdisk', 'unshare');
  if (need !== false) throw new Error(need);
  const result = await bench(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
