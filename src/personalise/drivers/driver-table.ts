import type { DriverIndex, DriverPackage } from './driver-index.ts';
import { ANY_REVISION } from './host-device.ts';
import type { InfDevice, InfModels } from './inf/driver-inf.ts';
import { chooseTargetOs, type WindowsTarget } from './inf/target-os.ts';
import { type HostModel, modelFolders } from './model-folder.ts';

/** An entry of a Models section that has an id. */
export interface Candidate {
  readonly driver: DriverPackage;
  readonly models: InfModels;
  readonly device: InfDevice;
  /** Place of the id among the entry's: 0 is its hardware id. */
  readonly place: number;
}

/** The drivers of a tree that one Windows takes, by the ids of their devices. */
export interface DriverTable {
  readonly index: DriverIndex;
  readonly windows: WindowsTarget;
  readonly byId: ReadonlyMap<string, readonly Candidate[]>;
  readonly extensionsById: ReadonlyMap<string, readonly Candidate[]>;
  /** The Models sections that this Windows takes of each driver that has any. */
  readonly taken: ReadonlyMap<DriverPackage, readonly InfModels[]>;
  /** The folders for a model; each model is looked for once. */
  readonly modelFolders: (host: HostModel) => readonly string[];
}

/** Makes the table for one Windows; worth keeping for a whole lab. */
export function makeDriverTable(index: DriverIndex, windows: WindowsTarget): DriverTable {
  const byId = new Map<string, Candidate[]>();
  const extensionsById = new Map<string, Candidate[]>();
  const taken = new Map<DriverPackage, InfModels[]>();
  for (const driver of index.packages) {
    // Windows before 10 knows nothing of extensions and finds no driver in one.
    const isExtension = driver.inf.extensionId !== null;
    if (isExtension && windows.major < 10) continue;
    const table = isExtension ? extensionsById : byId;
    for (const { models } of driver.inf.manufacturers) {
      const chosen = chooseTargetOs(
        models.map(({ decoration }) => decoration),
        windows,
      );
      if (chosen === undefined) continue;
      for (const one of models.filter(({ decoration }) => decoration === chosen)) {
        if (one.devices.length === 0) continue;
        taken.set(driver, [...(taken.get(driver) ?? []), one]);
        for (const device of one.devices) {
          for (const [place, id] of device.ids.entries()) {
            for (const key of keysOf(id)) {
              const list = table.get(key);
              const candidate = { driver, models: one, device, place };
              if (list) list.push(candidate);
              else table.set(key, [candidate]);
            }
          }
        }
      }
    }
  }
  return { index, windows, byId, extensionsById, taken, modelFolders: modelFinder(index) };
}

function modelFinder(index: DriverIndex): DriverTable['modelFolders'] {
  const folders = new Set<string>();
  for (const { folder } of index.packages) {
    for (let path = folder; path !== '' && !folders.has(path); ) {
      folders.add(path);
      path = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    }
  }
  const known = new Map<string, readonly string[]>();
  return ({ manufacturer, product, version }) => {
    const key = JSON.stringify([manufacturer, product, version]);
    const found = known.get(key) ?? modelFolders(folders, { manufacturer, product, version });
    known.set(key, found);
    return found;
  };
}

/** An id, and for one of a certain revision the form that fits a host whose revision is not known. */
function keysOf(id: string): string[] {
  if (id === '') return [];
  const match = /^(PCI\\.*)&REV_[0-9A-F]{2}$/.exec(id);
  return match === null ? [id] : [id, `${match[1]}${ANY_REVISION}`];
}
