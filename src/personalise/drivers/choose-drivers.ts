import type { DriverPackage } from './driver-index.ts';
import { infPath } from './driver-index.ts';
import type { DriverTable } from './driver-table.ts';
import { folderWindows } from './folder-windows.ts';
import { type DeviceIds, deviceIds, type HostDevice } from './host-device.ts';
import { type DriverMatch, matchDrivers, matchExtensions } from './match-drivers.ts';
import type { HostModel } from './model-folder.ts';
import { missingOf } from './whole-driver.ts';

/** A host as far as its drivers go. */
export interface HostHardware extends HostModel {
  readonly devices: readonly HostDevice[];
}

export interface DriverWishes {
  /** Folders whose drivers the host gets whatever it is, from the tree's root, without case. */
  readonly folders: readonly string[];
  /** Whether folders of its model, and drivers of its devices from anywhere in the tree, are looked for. */
  readonly byModel: boolean;
}

export interface DeviceChoice {
  readonly device: HostDevice;
  readonly ids: DeviceIds;
  /** The driver that Windows will take of those that the host gets; null: none of them fits. */
  readonly match: DriverMatch | null;
}

export interface DriverChoice {
  /** Those for its maker and model. */
  readonly modelFolders: readonly string[];
  /** What the host gets, by path. */
  readonly packages: readonly DriverPackage[];
  readonly devices: readonly DeviceChoice[];
  /** Drivers that lack files and are left out, with those files. */
  readonly incomplete: readonly { readonly driver: DriverPackage; readonly missing: readonly string[] }[];
}

/**
 * The drivers of a host, of those that its Windows takes: all in the folders that its profile names and in those of
 * its model, and for each device without a driver among them the best one of the whole tree. Extensions and software
 * components that belong to its devices come with them. A driver that lacks files is never chosen.
 */
export function chooseDrivers(host: HostHardware, wishes: DriverWishes, table: DriverTable): DriverChoice {
  const folders = wishes.byModel ? table.modelFolders(host) : [];
  const chosen = new Set<DriverPackage>();
  const incomplete = new Map<DriverPackage, readonly string[]>();
  const take = (driver: DriverPackage): boolean => {
    const missing = missingOf(table, driver);
    if (missing.length === 0) chosen.add(driver);
    else incomplete.set(driver, missing);
    return missing.length === 0;
  };
  for (const driver of table.taken.keys()) {
    const named = isUnder(driver.folder, wishes.folders);
    // In a model's folder may be drivers for several Windows; what the profile names is meant as it is.
    const ofModel = isUnder(driver.folder, folders) && folderWindows(driver.folder, table.windows) < 2;
    if (named || ofModel) take(driver);
  }
  const devices = host.devices.flatMap((device): DeviceChoice[] => {
    const ids = deviceIds(device);
    if (ids === null) return [];
    const matches = matchDrivers(ids, table).filter(({ driver }) => hasFolder(driver));
    for (const { driver, missing } of matches) if (missing.length > 0) incomplete.set(driver, missing);
    const whole = matches.filter(({ missing }) => missing.length === 0);
    const match =
      whole.find(({ driver }) => chosen.has(driver)) ??
      (wishes.byModel ? whole.find((one) => ids.role !== null || !isClassId(one.id)) : undefined);
    return [{ device, ids, match: match ?? null }];
  });
  for (const { match } of devices) if (match !== null) chosen.add(match.driver);
  if (wishes.byModel) {
    for (const { ids } of devices)
      for (const { driver } of matchExtensions(ids, table)) if (hasFolder(driver)) take(driver);
    addComponents(chosen, table, take);
  }
  const packages = [...chosen].sort((a, b) => (infPath(a) < infPath(b) ? -1 : 1));
  return {
    modelFolders: folders,
    packages,
    devices,
    incomplete: [...incomplete].map(([driver, missing]) => ({ driver, missing })),
  };
}

/** Software components of the chosen drivers, and those of these in turn. */
function addComponents(
  chosen: ReadonlySet<DriverPackage>,
  table: DriverTable,
  take: (driver: DriverPackage) => boolean,
): void {
  // A Set is walked on into what is added meanwhile.
  for (const driver of chosen) {
    for (const id of (table.taken.get(driver) ?? []).flatMap(({ components }) => components)) {
      const ids: DeviceIds = { hardware: [id], compatible: [], role: null, pciClass: null, name: id };
      const [best] = matchDrivers(ids, table);
      if (best !== undefined && hasFolder(best.driver) && !chosen.has(best.driver)) take(best.driver);
    }
  }
}

function isUnder(folder: string, roots: readonly string[]): boolean {
  const inside = `${folder}/`.toLowerCase();
  return roots.some((root) => inside.startsWith(`${root.replace(/\/+$/, '')}/`.toLowerCase()));
}

/** A driver that lies in the tree's root cannot be told from what else lies there, so it is given to nobody. */
function hasFolder({ folder }: DriverPackage): boolean {
  return folder !== '';
}

/** An id of a whole class of devices: a driver for all of them is no reason to take it along for a mouse. */
function isClassId(id: string): boolean {
  return /^(PCI\\CC_|USB\\CLASS_)/.test(id);
}
