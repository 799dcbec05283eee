import { MimeoError } from '../../errors.ts';
import { nameProblem } from '../../fleet/index.ts';
import type { HostSettings } from '../settings.ts';
import type { Change, FolderEntry, PersonalisePlan } from '../types.ts';
import { cloudInit } from './cloud-init.ts';
import type { LinuxFacts } from './facts.ts';
import { account } from './first-boot/account.ts';
import { type LinuxFirstBoot, pathsOfFirstBoot, planFirstBoot } from './first-boot/plan.ts';
import { hostName } from './host-name.ts';
import { identity } from './identity.ts';
import { keyboard } from './keyboard.ts';
import { leftovers } from './leftovers.ts';
import { locale } from './locale.ts';
import { machineId } from './machine-id.ts';
import { network } from './network.ts';
import type { Context, Planner } from './part.ts';
import { selinux } from './selinux.ts';
import { sshKeys } from './ssh-keys.ts';
import { timeZone } from './time-zone.ts';
import { resolvePath, segments } from './tree.ts';

/** What is written, and what the host then does and tells of at its first boot. */
export interface LinuxPlan extends PersonalisePlan<Change>, Pick<LinuxFirstBoot, 'steps' | 'deliveries'> {}

const PLANNERS: readonly Planner[] = [
  hostName,
  machineId,
  sshKeys,
  account,
  identity,
  network,
  locale,
  keyboard,
  timeZone,
  cloudInit,
  leftovers,
  selinux,
];
/** Steps that planners add of their own: keys, account, language. */
const OWN_TASKS = 3;

/**
 * The paths that {@link planLinux} looks at (`*` at the end lists a folder), as far as the view tells already: symbolic
 * links lead to more of them. Look again until they no longer grow, which takes three or four times.
 */
export function pathsOfLinux(settings: HostSettings, view: FolderEntry): string[][] {
  const { packages = [], printers = [] } = settings.firstBoot ?? {};
  const tasks = OWN_TASKS + settings.linux.commands.length + packages.length + printers.length;
  const wanted = [...PLANNERS.flatMap(({ paths }) => paths(settings, view)), ...pathsOfFirstBoot(tasks)];
  const seen = new Map<string, string[]>();
  for (const path of wanted) {
    for (const one of [segments(path), [...resolvePath(view, path).path]]) seen.set(one.join('/'), one);
  }
  return [...seen.values()];
}

/**
 * Plans what makes a volume with a Linux this host's own. Planned again over its own result it changes nothing.
 *
 * @throws MimeoError `personalise-order`
 */
export function planLinux(settings: HostSettings, facts: LinuxFacts, view: FolderEntry): LinuxPlan {
  const refusal = nameProblem(settings.computerName);
  if (refusal !== null) {
    throw new MimeoError('personalise-order', `The computer name ${settings.computerName} ${refusal}.`);
  }
  const context: Context = { settings, facts, view };
  const parts = PLANNERS.map(({ plan }) => plan(context));
  const tasks = parts.flatMap((part) => part.tasks ?? []);
  const { steps, deliveries, ...firstBoot } = planFirstBoot(context, tasks);
  return {
    edits: [...parts, firstBoot].flatMap(({ edits = [] }) => edits),
    warnings: [...parts, firstBoot].flatMap(({ warnings = [] }) => warnings),
    steps,
    deliveries,
  };
}
