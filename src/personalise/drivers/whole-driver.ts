import { type DriverIndex, type DriverPackage, sourceNames } from './driver-index.ts';
import type { DriverTable } from './driver-table.ts';
import type { InfModels } from './inf/driver-inf.ts';
import type { WindowsTarget } from './inf/target-os.ts';

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
