import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import {
  apply,
  type Change,
  type HostSettings,
  type LinuxFacts,
  type PersonalisePlan,
  pathsOfLinux,
  planLinux,
  readView,
  settingsOfOrder,
  verify,
} from '../../../src/personalise/index.ts';
import type { LinuxMaster } from '../../linux-master/index.ts';
import { tableOf, withLoopOf, withMount } from '../fit/lab-disk.ts';

export const DEBIAN: LinuxFacts = {
  id: 'debian',
  like: [],
  version: '12',
  init: 'systemd',
  selinux: 'absent',
};

/** Of `Kreide 7`. */
export const PASSWORD_HASH =
  '$6$MimeoLabSalt$/5/XtCD/lA7eQl5dJ0jE9fUEDlr5BDJy2MfvkLBn/D8sxo/lum4LREMQX9zzZmG86xIh.TnscQIQ8RmdqmRbD.';

/** Settings of a host in the lab that runs commands at its first boot and tells a server of it. */
export function hostSettings(more: {
  readonly commands: readonly string[];
  readonly sshKeys: readonly string[];
  readonly passwordHash: string;
  readonly language: string | null;
  readonly url: string;
}): HostSettings {
  return {
    ...settingsOfOrder({
      computerName: 'R101-PC05',
      fields: { 'host.name': 'R101-PC05' },
      registryFiles: [],
    }),
    region: { language: more.language, formats: null, keyboard: 'de-DE', timeZone: 'Europe/Berlin' },
    firstBoot: {
      report: { url: more.url, token: 'TOKEN-OF-THIS-TASK' },
      printers: [],
      defaultPrinter: null,
      packages: [],
    },
    linux: {
      account: { name: 'teacher', passwordHash: more.passwordHash },
      sshKeys: more.sshKeys,
      commands: more.commands,
      cloudInit: false,
    },
  };
}

/** A copy of a master's disk. */
export async function copyOf(master: LinuxMaster, disk: string): Promise<void> {
  await copyFile(master.disk, disk, constants.COPYFILE_FICLONE);
}

/** Mounts the root volume, a disk's last partition, while `use` runs. */
export async function withRoot<T>(
  disk: string,
  mode: 'ro' | 'rw',
  use: (root: string) => Promise<T>,
): Promise<T> {
  const place = (await tableOf(disk)).at(-1);
  if (place === undefined) throw new Error(`${disk} has no partition`);
  return withLoopOf(disk, place.startByte, place.lengthBytes, (device) =>
    withMount(device, 'ext4', mode, use),
  );
}

/** Personalises a disk as the agent does: looks until it has seen all, plans, writes, and reads back. */
export async function personaliseDisk(
  disk: string,
  settings: HostSettings,
): Promise<PersonalisePlan<Change>> {
  const plan = await withRoot(disk, 'rw', async (root) => {
    const made = await planFor(root, settings);
    await apply(root, made.edits, { mindCase: true });
    return made;
  });
  await withRoot(disk, 'ro', (root) => verify(root, plan.edits, { mindCase: true }));
  return plan;
}

/** The plan for a mounted root volume. */
export async function planFor(root: string, settings: HostSettings): Promise<PersonalisePlan<Change>> {
  let view = await readView(root, [], { mindCase: true });
  for (
    let known = 0, paths = pathsOfLinux(settings, view);
    paths.length > known;
    paths = pathsOfLinux(settings, view)
  ) {
    known = paths.length;
    view = await readView(root, paths, { mindCase: true });
  }
  return planLinux(settings, DEBIAN, view);
}
