import { nearest } from '../../fleet/index.ts';
import { findName } from './name-pattern/find-name.ts';
import { NamePattern } from './name-pattern/name-pattern.ts';
import { PatternFault } from './name-pattern/parse-pattern.ts';
import { type Place, type ProfileProblem, placeWords } from './problem.ts';
import type { LocationSheet } from './sheet-schema.ts';
import { keyOf } from './wildcard.ts';

/** A definition and where it stands. */
export interface Defined<T> {
  readonly definition: T;
  readonly at: Place;
  /** Where one of its keys stands. */
  readonly placeOf: (key: keyof T & string, item?: number) => Place;
}

/** A place where hosts stand: a room, in a building, in a school. */
export interface Location {
  readonly name: string;
  /** The outermost first, itself last. */
  readonly chain: readonly Location[];
  readonly source: Defined<LocationSheet>;
  readonly pattern: NamePattern | null;
  readonly priority: number;
}

export interface Locations {
  /** By {@link keyOf} their names. */
  readonly byName: ReadonlyMap<string, Location>;
  readonly problems: readonly ProfileProblem[];
}

type Draft = Defined<LocationSheet>;

/** Builds the tree: each has a parent at most, none is its own, no pattern is for nothing. */
export function buildLocations(drafts: ReadonlyMap<string, Draft>): Locations {
  const problems: ProfileProblem[] = [];
  const byName = new Map<string, Location>();
  const build = (draft: Draft, below: readonly string[]): Location | null => {
    const { definition } = draft;
    const key = keyOf(definition.name);
    const done = byName.get(key);
    if (done !== undefined) return done;
    const parent = parentOf(draft, below, drafts, problems);
    const above = parent === null ? null : build(parent, [...below, key]);
    const chain: Location[] = [...(above?.chain ?? [])];
    const location: Location = {
      name: definition.name,
      chain,
      source: draft,
      pattern: compile(draft, problems),
      priority: definition.priority ?? 0,
    };
    chain.push(location);
    byName.set(key, location);
    return location;
  };
  for (const draft of drafts.values()) build(draft, []);
  problems.push(...uselessPatterns([...byName.values()]));
  return { byName, problems };
}

function parentOf(
  draft: Draft,
  below: readonly string[],
  drafts: ReadonlyMap<string, Draft>,
  problems: ProfileProblem[],
): Draft | null {
  const { name, parent } = draft.definition;
  if (parent === undefined) return null;
  const at = draft.placeOf('parent');
  const found = drafts.get(keyOf(parent));
  if (found === undefined) {
    const close = nearest(parent, new Set([...drafts.values()].map(({ definition }) => definition.name)));
    problems.push({
      at,
      message: `There is no location ${parent}, the parent of ${name}.`,
      next: close === null ? 'Add it as a [[location]] of its own.' : `Did you mean ${close}?`,
    });
    return null;
  }
  const path = [...below, keyOf(name)];
  const circle = path.indexOf(keyOf(parent));
  if (circle < 0) return found;
  const names = [...path.slice(circle), keyOf(parent)].map((key) => drafts.get(key)?.definition.name ?? key);
  problems.push({
    at,
    message: `The locations are inside each other in a circle: ${names.join(' in ')}.`,
    next: 'Take the parent out of one of them.',
  });
  return null;
}

function compile(draft: Draft, problems: ProfileProblem[]): NamePattern | null {
  const { pattern } = draft.definition;
  if (pattern === undefined) return null;
  const at = draft.placeOf('pattern');
  try {
    return new NamePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    const place = { ...at, column: at.column + 1 + error.at };
    problems.push({ at: place, message: `The pattern ${error.message}.`, next: 'Write it more simply.' });
    return null;
  }
}

/** Patterns that no name fits, and those all of whose names a higher priority takes away. */
function uselessPatterns(locations: readonly Location[]): ProfileProblem[] {
  return locations.flatMap((location): ProfileProblem[] => {
    const { pattern } = location;
    if (pattern === null) return [];
    const at = location.source.placeOf('pattern');
    if (findName(pattern, []) === null) {
      const message = 'No computer can have a name that this pattern matches.';
      const next = 'A name has up to 15 of the letters A to Z, digits and dashes, and no dash at its end.';
      return [{ at, message, next }];
    }
    const higher = locations.filter((other) => other.pattern !== null && other.priority > location.priority);
    const patterns = higher.map((other) => other.pattern).filter((other) => other !== null);
    if (patterns.length === 0 || findName(pattern, patterns) !== null) return [];
    const by = higher
      .filter(({ pattern: other }) => other !== null && findName(pattern, [other]) === null)
      .map((other) => `${other.name} (${placeWords(other.source.at)})`);
    const who = by.length > 0 ? by.join(', ') : 'others together';
    const message = `No host can come to ${location.name}: every name of its pattern goes to ${who}, which has a higher priority.`;
    return [{ at, message, next: 'Change a priority or a pattern.' }];
  });
}

export type Whereabouts =
  | { readonly kind: 'location'; readonly location: Location }
  | { readonly kind: 'nowhere' }
  /** Several fit as well: which is meant cannot be told. */
  | { readonly kind: 'doubt'; readonly locations: readonly Location[] };

/**
 * Where a host stands: the location whose pattern its name matches, with the highest priority; of several the
 * innermost. Without one, the location of its lab.
 */
export function locate(
  locations: Locations,
  host: { name: string; labLocation: string | null },
): Whereabouts {
  const fitting = [...locations.byName.values()].filter(
    ({ pattern }) => pattern?.matches(host.name) === true,
  );
  const highest = Math.max(...fitting.map(({ priority }) => priority));
  const best = fitting.filter(({ priority }) => priority === highest);
  const innermost = best.filter((one) => !best.some((other) => other !== one && other.chain.includes(one)));
  const [first] = innermost;
  if (innermost.length > 1) return { kind: 'doubt', locations: innermost };
  if (first !== undefined) return { kind: 'location', location: first };
  const ofLab = host.labLocation === null ? undefined : locations.byName.get(keyOf(host.labLocation));
  return ofLab === undefined ? { kind: 'nowhere' } : { kind: 'location', location: ofLab };
}
