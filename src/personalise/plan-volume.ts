import type { Delivery } from './deliver.ts';
import { firstBootChanges, pathsOfFirstBoot } from './first-boot/changes.ts';
import { planFirstBoot } from './first-boot/plan.ts';
import type { FirstBootFacts, FirstBootPlan, FirstBootStep } from './first-boot/types.ts';
import { pathsOfLinux, planLinux } from './linux/index.ts';
import { locate } from './locate.ts';
import type { Recognised, RecognisedWindows } from './recognise/facts.ts';
import type { DeliveredFile, HostSettings } from './settings.ts';
import type { Change, FolderEntry, PersonalisePlan } from './types.ts';
import { pathsToRemove as pathsOfWindowsToRemove } from './windows/clean-up.ts';
import { windowsFactsOf } from './windows/facts.ts';
import { pathsOfWindows, planWindows } from './windows/plan.ts';
import { pathsToRemove as pathsOfXpToRemove } from './windows-xp/paths-to-remove.ts';
import { pathsOfXp, planXp } from './windows-xp/plan.ts';
import type { XpFacts } from './windows-xp/xp-facts.ts';

/** How a volume's host is made itself; decides which planner is asked. */
export type VolumeKind = 'windows' | 'windows-xp' | 'linux' | 'nothing';

export interface VolumePlan extends PersonalisePlan<Change> {
  /** What the host does at its first boot, and tells of. */
  readonly steps: readonly FirstBootStep[];
  /** Files of the share that belong on the volume: drivers, and what is installed at the first boot. */
  readonly deliveries: readonly Delivery[];
}

/** What was found on a volume, and what is looked at of it. */
export interface VolumeFacts {
  readonly found: Recognised;
  readonly view: FolderEntry;
}

const VISTA_BUILD = 6000;
const DRIVE = 'C:';

/** XP and 2003 are known by the Sysprep folder in the root, where Mini-Setup looks. */
export function kindOfVolume({ found, view }: VolumeFacts): VolumeKind {
  if (found.system === 'linux') return 'linux';
  if (found.system === 'windows' && (found.build ?? 0) >= VISTA_BUILD) return 'windows';
  return locate(view, ['Sysprep']).entry?.kind === 'folder' ? 'windows-xp' : 'nothing';
}

/** The paths that {@link planVolume} looks at, as far as the view tells already: look again until they no longer grow. */
export function pathsOfVolume(settings: HostSettings, volume: VolumeFacts): (readonly string[])[] {
  const { found, view } = volume;
  switch (kindOfVolume(volume)) {
    case 'linux':
      return pathsOfLinux(settings, view);
    case 'windows': {
      if (found.system !== 'windows' || isUnsealed(found)) return [];
      const service = firstBootOf(settings, { generation: '7+', drive: DRIVE }, []);
      const facts = windowsFactsOf(found, service?.startCommand ?? null);
      return [...pathsOfWindows(settings, facts), ...pathsOfService(service), ...pathsOfDrivers(settings)];
    }
    case 'windows-xp': {
      const service = firstBootOf(settings, { generation: 'xp', drive: DRIVE }, []);
      return [...pathsOfXp(settings, view), ...pathsOfService(service), ...pathsOfDrivers(settings)];
    }
    case 'nothing':
      return [];
  }
}

/**
 * Plans all that makes a volume this host's own. Planned again over its own result it changes nothing.
 *
 * @throws MimeoError `personalise-order`, `personalise-ambiguous`, and those of the single planners
 */
export function planVolume(settings: HostSettings, volume: VolumeFacts): VolumePlan {
  const { found, view } = volume;
  const warnings = [...found.warnings];
  switch (kindOfVolume(volume)) {
    case 'linux': {
      if (found.system !== 'linux') break;
      const planned = planLinux(settings, found, view);
      const deliveries = deliveriesOf(planned.deliveries, view);
      return { ...planned, deliveries, warnings: [...warnings, ...planned.warnings] };
    }
    case 'windows': {
      if (found.system !== 'windows') break;
      if (isUnsealed(found)) return nothing([...warnings, keepsItsName(found)]);
      const removed = (command: string | null): (readonly string[])[] =>
        pathsOfWindowsToRemove(settings, windowsFactsOf(found, command), view);
      const facts: FirstBootFacts = { generation: '7+', drive: DRIVE };
      const command = firstBootOf(settings, facts, [])?.startCommand ?? null;
      const service = firstBootOf(settings, facts, removed(command));
      const planned = planWindows(settings, windowsFactsOf(found, command), view);
      return together(settings, planned, service, volume);
    }
    case 'windows-xp': {
      const facts: FirstBootFacts = { generation: 'xp', drive: DRIVE };
      const command = firstBootOf(settings, facts, [])?.startCommand ?? null;
      const xp = xpFactsOf(found, command);
      const service = firstBootOf(settings, facts, pathsOfXpToRemove(settings, xp));
      return together(settings, planXp(settings, xp, view), service, volume);
    }
    case 'nothing':
  }
  return nothing([...warnings, whyNothing(found)]);
}

function firstBootOf(
  { firstBoot }: HostSettings,
  facts: FirstBootFacts,
  pathsToRemove: readonly (readonly string[])[],
): FirstBootPlan | null {
  return firstBoot === null ? null : planFirstBoot(firstBoot, facts, pathsToRemove);
}

function pathsOfService(service: FirstBootPlan | null): (readonly string[])[] {
  return service === null ? [] : pathsOfFirstBoot(service);
}

function together(
  settings: HostSettings,
  planned: PersonalisePlan<Change>,
  service: FirstBootPlan | null,
  { found: { warnings }, view }: VolumeFacts,
): VolumePlan {
  const drivers = settings.drivers.map(({ path, files }) => ({ folder: driverFolder(path), files }));
  return {
    edits: [...planned.edits, ...(service === null ? [] : firstBootChanges(view, service))],
    warnings: [...warnings, ...planned.warnings, ...(service?.warnings ?? [])],
    steps: service?.steps ?? [],
    deliveries: [
      ...deliveriesOf(drivers, view, 'everyone'),
      ...deliveriesOf(service?.deliveries ?? [], view),
    ],
  };
}

function driverFolder(path: string): string[] {
  return ['Drivers', ...path.split('/')];
}

/** For the spelling of folders that are there already. */
function pathsOfDrivers({ drivers }: HostSettings): string[][] {
  const folders = drivers.flatMap(({ path, files }) =>
    files.map((file) => [...driverFolder(path), ...file.path.split('/').slice(0, -1), '*']),
  );
  return [...new Map(folders.map((path) => [path.join('/'), path])).values()];
}

function deliveriesOf(
  folders: readonly { readonly folder: readonly string[]; readonly files: readonly DeliveredFile[] }[],
  view: FolderEntry,
  readers: Delivery['readers'] = 'administrators',
): Delivery[] {
  return folders.flatMap(({ folder, files }) =>
    files.map(({ path, bytes, sha256 }) => ({
      path: locate(view, [...folder, ...path.split('/')]).path,
      ...{ bytes, sha256, readers },
    })),
  );
}

function xpFactsOf(found: Recognised, firstBootCommand: string | null): XpFacts {
  if (found.system !== 'windows') return { version: 'xp', windowsFolder: 'WINDOWS', firstBootCommand };
  const { generation, folder: windowsFolder } = found;
  const version = generation === '2000' || generation === '2003' ? generation : 'xp';
  return { version, windowsFolder, firstBootCommand };
}

/** Only what certainly is not: where the hives say nothing, the answer file does no harm. */
function isUnsealed({ sealed }: RecognisedWindows): boolean {
  return sealed.sealed === false;
}

function nothing(warnings: readonly string[]): VolumePlan {
  return { edits: [], warnings, steps: [], deliveries: [] };
}

function keepsItsName({ computerName }: RecognisedWindows): string {
  return `Nothing was written: without Sysprep no answer file is read, and every host is called ${computerName ?? 'what the image says'}.`;
}

function whyNothing(found: Recognised): string {
  return found.system === 'windows'
    ? `There is no \\Sysprep folder beside \\${found.folder}: the master was not sealed with Sysprep, so every host keeps the name in the image.`
    : 'The volume holds no system that could be given a name; nothing was written.';
}
