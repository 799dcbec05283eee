import type { Package } from '../settings.ts';
import type { Defined } from './locations.ts';
import { type ProfileProblem, placeWords } from './problem.ts';
import { shareFolderRule } from './rules.ts';
import type { PackageSheet } from './sheet-schema.ts';

/** What a host's image holds, as far as packages care. */
export interface HostSystem {
  readonly family: 'windows' | 'linux';
  /** `xp`, `7`, `10`, `2019`… as in a package's `systems`; null when it is not known. */
  readonly generation: string | null;
  readonly architecture: 'x86' | 'amd64' | 'arm64' | null;
}

/**
 * Exit codes of installers. Sources: Microsoft, "MsiExec.exe and InstMsi.exe error messages": 3010
 * (ERROR_SUCCESS_REBOOT_REQUIRED), 1641 (ERROR_SUCCESS_REBOOT_INITIATED), 1618 (ERROR_INSTALL_ALREADY_RUNNING).
 */
const DEFAULTS = {
  successCodes: [0],
  rebootCodes: [3010, 1641],
  retryCodes: [1618],
  retries: 10,
  timeoutMinutes: 30,
};

type Variants = readonly Defined<PackageSheet>[];

/** Several of one name have to be for different systems, and an exit code means one thing. */
export function packageProblems(packages: ReadonlyMap<string, Variants>): ProfileProblem[] {
  return [...packages.values()].flatMap((variants) =>
    variants.flatMap((one, index): ProfileProblem[] => {
      const problems: ProfileProblem[] = [];
      const rival = variants.slice(0, index).find((other) => overlap(one.definition, other.definition));
      if (rival !== undefined) {
        problems.push({
          at: one.placeOf('name'),
          message: `The package ${one.definition.name} is already defined for some of these systems: ${placeWords(rival.at)}.`,
          next: 'Keep one of the two, or give them different systems or architectures.',
        });
      }
      const { folder, name } = one.definition;
      const nameFault = folder === undefined ? shareFolderRule(name) : null;
      if (nameFault !== null) {
        const message = `The package ${name} needs folder, as its name ${nameFault}.`;
        problems.push({ at: one.placeOf('name'), message, next: 'Say where its files are.' });
      }
      const code = ambiguousCode(one.definition);
      if (code !== null) {
        const message = `The exit code ${code} of ${one.definition.name} means several things at once.`;
        problems.push({ at: one.at, message, next: 'Keep it in one of the lists of codes.' });
      }
      return problems;
    }),
  );
}

function overlap(a: PackageSheet, b: PackageSheet): boolean {
  return share<string>(a.systems, b.systems) && share<string>(a.architectures, b.architectures);
}

/** A list that is absent holds everything. */
function share<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((one) => b.includes(one));
}

function ambiguousCode(sheet: PackageSheet): number | null {
  const { successCodes, rebootCodes, retryCodes } = codesOf(sheet);
  const all = [successCodes, rebootCodes, retryCodes].flatMap((codes) => [...new Set(codes)]);
  return all.find((code, at) => all.indexOf(code) !== at) ?? null;
}

/** A list that is written takes its codes from the defaults of the others. */
function codesOf(sheet: PackageSheet): Pick<Package, 'successCodes' | 'rebootCodes' | 'retryCodes'> {
  const written = [sheet.success_codes, sheet.reboot_codes, sheet.retry_codes].flatMap(
    (codes) => codes ?? [],
  );
  const left = (codes: readonly number[]): number[] => codes.filter((code) => !written.includes(code));
  return {
    successCodes: sheet.success_codes ?? left(DEFAULTS.successCodes),
    rebootCodes: sheet.reboot_codes ?? left(DEFAULTS.rebootCodes),
    retryCodes: sheet.retry_codes ?? left(DEFAULTS.retryCodes),
  };
}

export type Choice =
  | { readonly kind: 'variant'; readonly variant: Defined<PackageSheet> }
  /** None is for this system. */
  | { readonly kind: 'none' }
  /** Which one fits depends on what is not known of the system. */
  | { readonly kind: 'unknown' };

/** Which definition of a package is for a system. */
export function chooseVariant(variants: Variants, system: HostSystem | null): Choice {
  const possible = variants.filter(
    ({ definition: { systems, architectures } }) =>
      mayBe(systems, system?.generation ?? null) && mayBe(architectures, system?.architecture ?? null),
  );
  const [first] = possible;
  if (first === undefined) return { kind: 'none' };
  const { systems, architectures } = first.definition;
  const isCertain =
    (systems === undefined || (system?.generation ?? null) !== null) &&
    (architectures === undefined || (system?.architecture ?? null) !== null);
  return possible.length === 1 && isCertain ? { kind: 'variant', variant: first } : { kind: 'unknown' };
}

function mayBe(listed: readonly string[] | undefined, value: string | null): boolean {
  return listed === undefined || value === null || listed.includes(value);
}

/** The folder of a package in the share's `packages`. */
export function packageFolder(sheet: PackageSheet): string {
  return sheet.folder ?? sheet.name;
}

/** What runs, when nothing is said: the one .msi file, in silence. */
export function defaultCommand(files: readonly { readonly path: string }[]): string | null {
  const installers = files.filter(({ path }) => /\.msi$/i.test(path));
  const [only] = installers;
  if (installers.length !== 1 || only === undefined) return null;
  return `msiexec /i "${only.path.replaceAll('/', '\\')}" /qn /norestart`;
}

/** A package as the host gets it. */
export function settledPackage(sheet: PackageSheet, files: Package['files'], command: string): Package {
  const { detect } = sheet;
  return {
    name: sheet.name,
    files,
    command,
    ...codesOf(sheet),
    retries: sheet.retries ?? DEFAULTS.retries,
    timeoutSeconds: (sheet.timeout_minutes ?? DEFAULTS.timeoutMinutes) * 60,
    detect:
      detect === undefined
        ? null
        : detect.file === undefined
          ? { kind: 'registry', key: detect.registry_key ?? '', value: detect.registry_value ?? null }
          : { kind: 'file', path: detect.file },
  };
}
