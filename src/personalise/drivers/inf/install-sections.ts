import { DEFAULT_FEATURE_SCORE } from './driver-inf.ts';
import type { InfReader } from './inf-reader.ts';

/** What installing a device does, as far as it decides whether a driver is whole and good. */
export interface InstallFacts {
  /** Names of the files it copies, as they lie in the driver's folder; in lower case. */
  readonly files: ReadonlySet<string>;
  readonly components: readonly string[];
  readonly featureScore: number;
}

/** Sections that follow each other through `Needs=` further than that go in a circle. */
const MOST_NEEDS = 50;

/**
 * Looks into the sections that install a device. `Include=` names files of Windows itself, so a section that is not
 * in this file is left to it.
 *
 * @param install as the Models section names it, without `.nt…`
 * @param architecture of Windows, `amd64`
 */
export function readInstall(inf: InfReader, install: string, architecture: string): InstallFacts {
  const section = inf.firstOf(`${install}.nt${architecture}`, `${install}.nt`, install);
  const files = new Set<string>();
  const components: string[] = [];
  if (section === null) return { files, components, featureScore: DEFAULT_FEATURE_SCORE };
  for (const part of [section, `${section}.coinstallers`, `${section}.interfaces`]) {
    for (const one of withNeeds(inf, part)) for (const file of copiedFiles(inf, one)) files.add(file);
  }
  for (const added of inf.raw(`${section}.components`)) {
    if (added.key?.toLowerCase() !== 'addcomponent') continue;
    const details = inf.text(added.values[2]);
    components.push(...inf.all(details, 'componentids').map((id) => `SWC\\${id.toUpperCase()}`));
  }
  const score = Number.parseInt(inf.value(section, 'featurescore') ?? '', 16);
  return { files, components, featureScore: Number.isNaN(score) ? DEFAULT_FEATURE_SCORE : score & 0xff };
}

/** A section and those that it needs, each once. */
function withNeeds(inf: InfReader, first: string): string[] {
  const found = [first];
  for (const section of found) {
    for (const needed of inf.all(section, 'needs')) {
      if (found.length < MOST_NEEDS && !found.includes(needed) && inf.has(needed)) found.push(needed);
    }
  }
  return found;
}

function copiedFiles(inf: InfReader, section: string): string[] {
  return inf.all(section, 'copyfiles').flatMap((list) => {
    if (list.startsWith('@')) return [list.slice(1).trim().toLowerCase()];
    return inf.raw(list).flatMap(({ key, values }) => {
      // `destination,source`; without a source the two have one name.
      const name = inf.text(values[1]) || inf.text(key ?? values[0]);
      return name === '' ? [] : [name.toLowerCase()];
    });
  });
}
