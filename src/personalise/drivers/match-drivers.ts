import { type DriverIndex, type DriverPackage, infPath, sourceNames } from './driver-index.ts';
import { folderWindows } from './folder-windows.ts';
import { ANY_REVISION, type DeviceIds } from './host-device.ts';
import type { InfDevice, InfModels } from './inf/driver-inf.ts';
import { chooseTargetOs, type WindowsTarget } from './inf/target-os.ts';

/** A driver that fits a device. */
export interface DriverMatch {
  readonly driver: DriverPackage;
  readonly models: InfModels;
  readonly device: InfDevice;
  /** The id that both have. Ends in `&REV_*` when the host's revision is not known: the driver may not fit then. */
  readonly id: string;
  /** Windows' rank of the match without the signature's part; the lowest is the best. */
  readonly rank: number;
  /** Whether a catalog with its signature lies beside it. */
  readonly signed: boolean;
  /** Files of it that are not there, from the tree's root: such a driver cannot be installed. */
  readonly missing: readonly string[];
}

interface Candidate {
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
  return { index, windows, byId, extensionsById, taken };
}

/**
 * All drivers for a device, the best first, as Windows ranks them ("How Windows Ranks Drivers", "Identifier Score" of
 * the driver documentation): signed before unsigned, then the rank, the date and the version. Two rules are ours: what
 * lacks files comes last, and of equal rank a folder called after this Windows before one called after another.
 */
export function matchDrivers(ids: DeviceIds, table: DriverTable): DriverMatch[] {
  return findMatches(ids, table, table.byId);
}

/** The extensions for a device: of those with one `ExtensionId` the newest. */
export function matchExtensions(ids: DeviceIds, table: DriverTable): DriverMatch[] {
  const newest = new Map<string, DriverMatch>();
  for (const match of findMatches(ids, table, table.extensionsById)) {
    const id = match.driver.inf.extensionId || infPath(match.driver);
    const other = newest.get(id);
    if (other === undefined || compareAge(match, other) < 0) newest.set(id, match);
  }
  return [...newest.values()];
}

/** Files of a driver that are not in the tree. */
export function missingFiles(index: DriverIndex, driver: DriverPackage, models: InfModels): string[] {
  const home = driver.folder === '' ? '' : `${driver.folder}/`;
  return models.files
    .filter(
      ({ path, cabinet }) =>
        !sourceNames(path, cabinet).some((name) => index.spellings.has(`${home}${name}`.toLowerCase())),
    )
    .map(({ path }) => `${home}${path}`);
}

/** Files that any of its sections for this Windows wants and that are not in the tree. */
export function missingOf(table: DriverTable, driver: DriverPackage): string[] {
  const sections = table.taken.get(driver) ?? [];
  return [...new Set(sections.flatMap((models) => missingFiles(table.index, driver, models)))];
}

/** Whether the catalog that a driver names for an architecture is there. */
export function hasCatalog(
  index: DriverIndex,
  driver: DriverPackage,
  { architecture }: WindowsTarget,
): boolean {
  const home = driver.folder === '' ? '' : `${driver.folder}/`;
  const { catalogs } = driver.inf;
  const name = catalogs[`nt${architecture}`] ?? catalogs['nt'] ?? catalogs[''];
  return name !== undefined && index.spellings.has(`${home}${name}`.toLowerCase());
}

function findMatches(ids: DeviceIds, table: DriverTable, byId: DriverTable['byId']): DriverMatch[] {
  const best = new Map<DriverPackage, DriverMatch>();
  const look = (list: readonly string[], kind: 0 | 0x2000): void => {
    for (const [position, id] of list.entries()) {
      for (const { driver, models, device, place } of byId.get(id) ?? []) {
        const rank = device.featureScore * 0x10000 + identifierScore(kind, position, place);
        if ((best.get(driver)?.rank ?? Number.POSITIVE_INFINITY) <= rank) continue;
        const missing = missingFiles(table.index, driver, models);
        const signed = hasCatalog(table.index, driver, table.windows);
        best.set(driver, { driver, models, device, id, rank, signed, missing });
      }
    }
  };
  look(ids.hardware, 0);
  look(ids.compatible, 0x2000);
  return [...best.values()].sort((a, b) => compareMatches(a, b, table.windows));
}

/** `0xTHHH`: T tells which of the two ids is the hardware id, HHH their places. */
function identifierScore(kind: 0 | 0x2000, position: number, place: number): number {
  if (place === 0) return kind + position;
  return kind === 0 ? 0x1000 + position : 0x3000 + position + (place - 1) * 0x100;
}

function compareMatches(a: DriverMatch, b: DriverMatch, windows: WindowsTarget): number {
  const lacks = (one: DriverMatch): number => (one.missing.length > 0 ? 1 : 0);
  const unsigned = (one: DriverMatch): number => (one.signed ? 0 : 1);
  const other = (one: DriverMatch): number => folderWindows(one.driver.folder, windows);
  return (
    lacks(a) - lacks(b) ||
    unsigned(a) - unsigned(b) ||
    a.rank - b.rank ||
    other(a) - other(b) ||
    compareAge(a, b)
  );
}

/** The newer one first; then by path, so that the choice is always the same. */
function compareAge(a: DriverMatch, b: DriverMatch): number {
  const [first, second] = [a.driver.inf, b.driver.inf];
  if (first.date !== second.date) return (first.date ?? '') > (second.date ?? '') ? -1 : 1;
  const [mine, other] = [versionParts(first.version), versionParts(second.version)];
  for (let at = 0; at < 4; at += 1) {
    const difference = (other[at] ?? 0) - (mine[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return infPath(a.driver) < infPath(b.driver) ? -1 : 1;
}

function versionParts(version: string | null): number[] {
  return (version ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
}

/** An id, and for one of a certain revision the form that fits a host whose revision is not known. */
function keysOf(id: string): string[] {
  if (id === '') return [];
  const match = /^(PCI\\.*)&REV_[0-9A-F]{2}$/.exec(id);
  return match === null ? [id] : [id, `${match[1]}${ANY_REVISION}`];
}
