import { type DriverPackage, infPath } from './driver-index.ts';
import type { DriverTable } from './driver-table.ts';
import { folderWindows } from './folder-windows.ts';
import type { DeviceIds } from './host-device.ts';
import type { InfDevice, InfModels } from './inf/driver-inf.ts';
import type { WindowsTarget } from './inf/target-os.ts';
import { hasCatalog, missingFiles } from './whole-driver.ts';

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
