import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import { type Master, masters } from '../masters/index.ts';
import { LabNetwork, SiteDhcp } from '../network/index.ts';
import { MimeoServer } from '../server.ts';
import { BOOT_MS, taskDone } from '../stories/conversation.ts';
import type { Firmware } from '../workstation/arguments.ts';
import { Workstation } from '../workstation.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';

const GiB = 1024 ** 3;
const IMAGES: Readonly<Record<Firmware, string>> = { bios: 'win-xp', uefi: 'win-uefi' };

/** The demo: a room is built, its masters are captured, its hosts imaged. Closes the room only on failure. */
export async function demo(options: DemoOptions, narrator: Narrator): Promise<LabNetwork> {
  narrator.chapter('The room');
  narrator.say('Building the masters, if they are not there from an earlier time (some ten seconds).');
  const both = await masters();
  const network = await new LabNetwork(options.rate === null ? {} : { portRate: options.rate }).open();
  await SiteDhcp.start(network);
  narrator.say(
    `A switch, and the site's own DHCP server at ${SiteDhcp.address}, which knows nothing of Mimeo.`,
  );
  const server = await MimeoServer.start(network);
  const [, address = ''] = /ready on (http:\/\/\S+)/.exec(server.process.said.text) ?? [];
  narrator.say(`Mimeo beside it, at ${address} inside the room. From another terminal, as root:`);
  narrator.say(`  npx mimeo status --watch --data ${server.data}`);
  const kinds = [...new Set(options.firmware)];
  narrator.chapter('The masters are captured');
  await Promise.all(kinds.map((kind) => captureMaster(network, server, both[kind], narrator)));
  narrator.chapter(`${options.hosts} hosts with empty disks`);
  await imageHosts(options, network, server, both, narrator);
  return network;
}

async function captureMaster(
  network: LabNetwork,
  server: MimeoServer,
  master: Master,
  narrator: Narrator,
): Promise<void> {
  const { firmware } = master;
  const disk = join(network.folder, `master-${firmware}.raw`);
  await run(['cp', '--sparse=always', master.disk, disk]);
  const machine = await Workstation.build(network, { name: `master-${firmware}`, firmware, disk });
  const stop = narrator.follow(`master-${firmware}`, machine);
  await machine.powerOn();
  narrator.say(`master-${firmware} was switched on; it boots over the network and asks what to do.`);
  await machine.waitForSerial(/Choose 1-3:/, BOOT_MS);
  narrator.say(`mimeo capture ${machine.hardware.mac} ${IMAGES[firmware]}`);
  await server.mimeo(['capture', machine.hardware.mac, IMAGES[firmware], '--after', 'shutdown']);
  await taskDone(machine);
  await machine.waitForOff(BOOT_MS);
  stop();
}

async function imageHosts(
  options: DemoOptions,
  network: LabNetwork,
  server: MimeoServer,
  both: Readonly<Record<Firmware, Master>>,
  narrator: Narrator,
): Promise<void> {
  const hosts: { readonly name: string; readonly machine: Workstation }[] = [];
  for (let at = 0; at < options.hosts; at++) {
    const firmware = options.firmware[at % options.firmware.length] ?? 'bios';
    const name = `RM101-PC${String(at + 1).padStart(2, '0')}`;
    const machine = await Workstation.build(network, { name: `pc${at + 1}`, firmware, diskBytes: 2 * GiB });
    hosts.push({ name, machine });
  }
  const rows = hosts.map(({ name, machine }) => {
    const { firmware, mac } = machine.hardware;
    return `${mac},${IMAGES[firmware]},${name},rm101`;
  });
  await server.writeManifest(['mac,image,name,lab', ...rows]);
  narrator.say('manifest.csv says which machine gets which image and which name:');
  for (const row of rows) narrator.say(`  ${row}`);
  for (const { machine } of hosts) await server.waitForManifestRow(machine.hardware.mac);
  narrator.say('mimeo deploy rm101 --yes');
  await server.mimeo(['deploy', 'rm101', '--yes']);
  narrator.say('All hosts are switched on. From here on nobody touches them.');
  await Promise.all(hosts.map(({ name, machine }) => watchHost(name, machine, both, options, narrator)));
  narrator.say(
    `All ${hosts.length} hosts have their image, their name, and have started from their own disks.`,
  );
}

async function watchHost(
  name: string,
  machine: Workstation,
  both: Readonly<Record<Firmware, Master>>,
  { pictures }: DemoOptions,
  narrator: Narrator,
): Promise<void> {
  const picture = async (moment: string): Promise<void> => {
    if (pictures === null) return;
    await mkdir(pictures, { recursive: true });
    await machine.screenshot(join(pictures, `${name}-${moment}.png`));
  };
  const stop = narrator.follow(name, machine);
  await machine.powerOn();
  await machine.waitForSerial(/phase=writing [2-9]\d %/, BOOT_MS * 2);
  await picture('writing');
  await taskDone(machine);
  await machine.waitForSerial(/The machine restarts now/, BOOT_MS);
  await picture('done');
  await machine.waitForSerial(both[machine.hardware.firmware].bootLine, BOOT_MS);
  stop();
  narrator.say(
    `${name} started from its own disk, ${machine.hardware.firmware === 'bios' ? 'by BIOS' : 'by UEFI'}.`,
  );
}
