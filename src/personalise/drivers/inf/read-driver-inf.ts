import {
  type DriverInf,
  EXTENSION_CLASS,
  type InfDevice,
  type InfFile,
  type InfManufacturer,
  type InfModels,
} from './driver-inf.ts';
import { InfReader } from './inf-reader.ts';
import { type InfProblem, readInfSections } from './inf-sections.ts';
import { readInfText } from './inf-text.ts';
import { type InstallFacts, readInstall } from './install-sections.ts';
import { readSourceFiles } from './source-files.ts';
import { parseTargetOs } from './target-os.ts';

/** The largest .inf files of drivers, for graphics, have a few MiB. */
const MOST_BYTES = 32 * 1024 * 1024;
/** What a driver's .inf file is signed with; `$Windows 95$` still means Windows NT's form. */
const SIGNATURES = ['$windows nt$', '$chicago$', '$windows 95$'];

/**
 * Reads a driver's .inf file. Never throws: what is wrong stands in `problems`, and with a fatal one there are no
 * manufacturers.
 *
 * @returns null when the file is no driver's: `autorun.inf`, the setup of a program, a class installer
 */
export function readDriverInf(bytes: Uint8Array): DriverInf | null {
  if (bytes.length > MOST_BYTES) {
    return broken([problem(0, 'The file is larger than 32 MiB.', true)]);
  }
  const { text, encoding } = readInfText(bytes);
  const { sections, problems } = readInfSections(text);
  const inf = new InfReader(sections);
  if (!inf.has('manufacturer')) return inf.has('version') || problems.length === 0 ? null : broken(problems);
  const all = [...problems];
  if (encoding === 'utf-16be') {
    all.push(problem(1, 'The file is UTF-16 in big-endian order, which Windows does not read.', true));
  }
  const signature = inf.value('version', 'signature');
  if (signature === null || !SIGNATURES.includes(signature.toLowerCase())) {
    all.push(
      problem(
        0,
        'There is no Signature="$Windows NT$" in [Version], so Windows takes no driver from it.',
        true,
      ),
    );
  }
  const usable = all.every(({ fatal }) => !fatal);
  const version = inf.values('version', 'driverver') ?? [];
  const classGuid = inf.value('version', 'classguid')?.toLowerCase() ?? null;
  const isExtension = classGuid === EXTENSION_CLASS;
  return {
    className: inf.value('version', 'class'),
    classGuid,
    provider: inf.value('version', 'provider'),
    date: parseDate(version[0] ?? ''),
    version: version[1] || null,
    catalogs: readCatalogs(inf),
    extensionId: isExtension ? (inf.value('version', 'extensionid')?.toLowerCase() ?? '') : null,
    manufacturers: usable ? readManufacturers(inf, all) : [],
    problems: all,
  };
}

function readManufacturers(inf: InfReader, problems: InfProblem[]): InfManufacturer[] {
  const installs = new Map<string, InstallFacts>();
  const sources = new Map<string, Map<string, InfFile>>();
  return inf.raw('manufacturer').flatMap(({ key, values, line }) => {
    // `%name%=section,NTamd64,…`, or the section's name alone.
    const [section = '', ...decorations] = values.map((value) => inf.text(value));
    if (section === '') return [];
    const models = [null, ...new Set(decorations.filter((one) => one !== ''))].flatMap(
      (decoration): InfModels[] => {
        const name = decoration === null ? section : `${section}.${decoration}`;
        const target = decoration === null ? null : parseTargetOs(decoration);
        if (decoration !== null && target === null) {
          // Windows 98 and Me have names of their own, which say nothing to the Windows of today.
          if (/^nt/i.test(decoration)) {
            problems.push(
              problem(line, `${decoration} names no Windows, so Windows passes over [${name}].`, false),
            );
          }
          return [];
        }
        if (!inf.has(name)) {
          if (decoration !== null) {
            problems.push(problem(line, `There is no section [${name}].`, false));
            // It counts all the same: where Windows chooses it, there is no driver.
            return [{ decoration, devices: [], files: [], components: [] }];
          }
          return [];
        }
        return [readModels(inf, name, decoration, target?.architecture ?? 'x86', installs, sources)];
      },
    );
    return [{ name: inf.text(key ?? section), models }];
  });
}

function readModels(
  inf: InfReader,
  section: string,
  decoration: string | null,
  architecture: string,
  installs: Map<string, InstallFacts>,
  sources: Map<string, Map<string, InfFile>>,
): InfModels {
  const known = sources.get(architecture) ?? readSourceFiles(inf, architecture);
  sources.set(architecture, known);
  const files = new Map<string, InfFile>();
  const components = new Set<string>();
  const devices = inf.raw(section).flatMap(({ key, values }): InfDevice[] => {
    const [install = '', ...ids] = values.map((value) => inf.text(value));
    const written = ids.map((id) => id.toUpperCase());
    if (key === null || install === '' || written.every((id) => id === '')) return [];
    const place = `${architecture} ${install.toLowerCase()}`;
    const facts = installs.get(place) ?? readInstall(inf, install, architecture);
    installs.set(place, facts);
    for (const name of facts.files) {
      const file = known.get(name);
      if (file) files.set(name, file);
    }
    for (const id of facts.components) components.add(id);
    return [{ description: inf.text(key), ids: written, featureScore: facts.featureScore }];
  });
  return { decoration, devices, files: [...files.values()], components: [...components] };
}

function readCatalogs(inf: InfReader): Record<string, string> {
  const catalogs: Record<string, string> = {};
  for (const { key, values } of inf.raw('version')) {
    const match = /^catalogfile(?:\.(nt\w*))?$/i.exec(key?.trim() ?? '');
    const name = inf.text(values[0]);
    if (match !== null && name !== '') catalogs[(match[1] ?? '').toLowerCase()] ??= name;
  }
  return catalogs;
}

/** `mm/dd/yyyy`, also with hyphens, as `yyyy-mm-dd`; two digits of a year are those of the twentieth century. */
function parseDate(text: string): string | null {
  const [, month = '', day = '', year = ''] =
    /^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})$/.exec(text.trim()) ?? [];
  const [m, d] = [Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1 || d > 31) return null;
  return `${year.length === 2 ? `19${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function problem(line: number, text: string, fatal: boolean): InfProblem {
  return { line, text, fatal };
}

function broken(problems: readonly InfProblem[]): DriverInf {
  const nothing = { className: null, classGuid: null, provider: null, date: null, version: null };
  return { ...nothing, catalogs: {}, extensionId: null, manufacturers: [], problems };
}
