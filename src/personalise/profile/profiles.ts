import { nearest } from '../../fleet/index.ts';
import { buildLocations, type Defined, type Locations } from './locations.ts';
import { packageProblems } from './packages.ts';
import { compareText, type Place, type ProfileProblem, placeWords, profileError } from './problem.ts';
import { readSheet, type Sheet, type SheetFile } from './sheet.ts';
import type { LabSheet, PackageSheet, PrinterSheet } from './sheet-schema.ts';
import { keyOf } from './wildcard.ts';

/** Everything that the folder `profiles` says, found good. All maps by {@link keyOf} the name. */
export interface Profiles {
  /** In the order of their names. */
  readonly sheets: readonly Sheet[];
  readonly labs: ReadonlyMap<string, Defined<LabSheet>>;
  readonly locations: Locations;
  /** Several of one name are for different systems. */
  readonly packages: ReadonlyMap<string, readonly Defined<PackageSheet>[]>;
  readonly printers: ReadonlyMap<string, Defined<PrinterSheet>>;
}

export interface ProfilesReading {
  readonly profiles: Profiles;
  /** With any, no host is to be personalised: what is missing cannot be told. */
  readonly problems: readonly ProfileProblem[];
  readonly warnings: readonly ProfileProblem[];
}

/** Reads all files of the folder together; names of things are checked across them. */
export function readProfiles(files: readonly SheetFile[]): ProfilesReading {
  const readings = files.toSorted((a, b) => compareText(a.name, b.name)).map(readSheet);
  const sheets = readings.map(({ sheet }) => sheet).filter((sheet) => sheet !== null);
  const problems = readings.flatMap((reading) => reading.problems);
  const labs = unique(definitions(sheets, 'lab'), 'lab', problems);
  const locations = buildLocations(unique(definitions(sheets, 'location'), 'location', problems));
  const printers = unique(definitions(sheets, 'printer'), 'printer', problems);
  const packages = Map.groupBy(definitions(sheets, 'package'), ({ definition }) => keyOf(definition.name));
  const profiles: Profiles = { sheets, labs, locations, packages, printers };
  problems.push(...locations.problems, ...packageProblems(packages));
  // A file that could not be read may define what is missed elsewhere.
  if (sheets.length === files.length) problems.push(...referenceProblems(profiles));
  return { profiles, problems, warnings: readings.flatMap((reading) => reading.warnings) };
}

/** @throws MimeoError `profile-invalid` with all problems, one per line */
export function goodProfiles(reading: ProfilesReading): Profiles {
  if (reading.problems.length > 0) throw profileError(reading.problems);
  return reading.profiles;
}

type Kind = 'lab' | 'location' | 'package' | 'printer';
type DefinitionOf<K extends Kind> = NonNullable<Sheet['content'][K]>[number];

function definitions<K extends Kind>(sheets: readonly Sheet[], kind: K): Defined<DefinitionOf<K>>[] {
  return sheets.flatMap(({ content, tree }) => {
    const found: readonly DefinitionOf<K>[] = content[kind] ?? [];
    return found.map((definition, index) => ({
      definition,
      at: tree.placeOf([kind, index]),
      placeOf: (key: string, item?: number) =>
        tree.placeOf(item === undefined ? [kind, index, key] : [kind, index, key, item]),
    }));
  });
}

function unique<T extends { readonly name: string }>(
  all: readonly Defined<T>[],
  kind: Kind,
  problems: ProfileProblem[],
): ReadonlyMap<string, Defined<T>> {
  const byName = new Map<string, Defined<T>>();
  for (const one of all) {
    const first = byName.get(keyOf(one.definition.name));
    if (first === undefined) {
      byName.set(keyOf(one.definition.name), one);
    } else {
      const message = `The ${kind} ${one.definition.name} is already defined: ${placeWords(first.at)}.`;
      problems.push({ at: one.placeOf('name'), message, next: 'Keep one of the two.' });
    }
  }
  return byName;
}

/** Names that nothing has. */
function referenceProblems(profiles: Profiles): ProfileProblem[] {
  const { sheets, labs, locations, packages, printers } = profiles;
  const known = {
    location: [...locations.byName.values()].map(({ name }) => name),
    printer: [...printers.values()].map(({ definition }) => definition.name),
    package: [...packages.values()].flatMap(([first]) =>
      first === undefined ? [] : [first.definition.name],
    ),
  };
  const problems: ProfileProblem[] = [];
  const check = (kind: keyof typeof known, written: string, at: Place): void => {
    const name = written.replace(/^!/, '');
    if (written === '!*' || known[kind].some((one) => keyOf(one) === keyOf(name))) return;
    const close = nearest(name, new Set(known[kind]));
    const next = close === null ? `Define it as a [[${kind}]].` : `Did you mean ${close}?`;
    problems.push({ at, message: `There is no ${kind} ${name}.`, next });
  };
  for (const { definition, placeOf } of labs.values()) {
    if (definition.location !== undefined) check('location', definition.location, placeOf('location'));
  }
  for (const { source } of locations.byName.values()) {
    const { definition, placeOf } = source;
    for (const [at, name] of (definition.printers ?? []).entries())
      check('printer', name, placeOf('printers', at));
    for (const [at, name] of (definition.packages ?? []).entries())
      check('package', name, placeOf('packages', at));
    if (definition.default_printer !== undefined) {
      check('printer', definition.default_printer, placeOf('default_printer'));
    }
  }
  for (const { content, tree } of sheets) {
    const boot = content.first_boot;
    for (const [at, name] of (boot?.printers ?? []).entries()) {
      check('printer', name, tree.placeOf(['first_boot', 'printers', at]));
    }
    for (const [at, name] of (boot?.packages ?? []).entries()) {
      check('package', name, tree.placeOf(['first_boot', 'packages', at]));
    }
    if (boot?.default_printer !== undefined) {
      check('printer', boot.default_printer, tree.placeOf(['first_boot', 'default_printer']));
    }
    for (const [at, pattern] of (content.for?.locations ?? []).entries()) {
      if (!/[*?]/.test(pattern)) check('location', pattern, tree.placeOf(['for', 'locations', at]));
    }
  }
  return problems;
}
