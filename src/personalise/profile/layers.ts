import type { Location } from './locations.ts';
import { compareText, type Place, type ProfileProblem, placeWords } from './problem.ts';
import type { Sheet } from './sheet.ts';
import type { SheetContent } from './sheet-schema.ts';
import { fitsAny, keyOf } from './wildcard.ts';

type Section<K extends keyof SheetContent> = NonNullable<SheetContent[K]>;
type Single<V> = Exclude<V, undefined | readonly unknown[]>;
/** `region.time_zone` and its kin, with what stands behind each. */
type SinglesOf<K extends 'region' | 'windows' | 'domain' | 'drivers' | 'first_boot' | 'linux'> = {
  [P in keyof Section<K> & string as Single<Section<K>[P]> extends never ? never : `${K}.${P}`]: Single<
    Section<K>[P]
  >;
};
/** Keys of which the last one said counts. */
export type Singles = SinglesOf<'region'> &
  SinglesOf<'windows'> &
  SinglesOf<'domain'> &
  SinglesOf<'drivers'> &
  SinglesOf<'first_boot'> &
  SinglesOf<'linux'>;

/** Keys whose lists are joined. */
export const LISTS = [
  'registry.files',
  'drivers.folders',
  'first_boot.packages',
  'first_boot.printers',
  'linux.ssh_keys',
  'linux.commands',
] as const;
export type ListKey = (typeof LISTS)[number];
export type Account = Section<'accounts'>[number];

/** A value and where it was said. */
export interface Said<T> {
  readonly value: T;
  readonly at: Place;
}

/** What one profile, or one location, says for a host. */
interface Layer {
  /** Compared number by number: later layers win. */
  readonly rank: readonly number[];
  readonly name: string;
  readonly forget: readonly string[];
  readonly singles: ReadonlyMap<string, Said<unknown>>;
  readonly lists: ReadonlyMap<ListKey, readonly Said<string>[]>;
  readonly accounts: readonly Said<Account>[];
}

export interface Merged {
  single<K extends keyof Singles>(key: K): Said<Singles[K]> | null;
  list(key: ListKey): readonly Said<string>[];
  /** Whether any profile says anything of a list, be it that it is empty. */
  isSaid(key: ListKey): boolean;
  readonly accounts: readonly Said<Account>[];
  readonly warnings: readonly ProfileProblem[];
}

/** What the choice of profiles goes by. */
export interface LayerFacts {
  readonly name: string;
  readonly lab: string | null;
  readonly image: { readonly name: string; readonly version: number | null };
  readonly location: Location | null;
}

/**
 * What all profiles together say for a host. General ones come first, then those for its image, for its location (the
 * outermost first), for its lab, for itself; of several that are as general, by `order`, then by file name.
 */
export function mergeFor(sheets: readonly Sheet[], facts: LayerFacts): Merged {
  const layers = [
    ...sheets.map((sheet) => sheetLayer(sheet, facts)).filter((layer) => layer !== null),
    ...(facts.location?.chain ?? []).map(locationLayer),
  ].toSorted(byRank);
  const singles = new Map<string, { said: Said<unknown>; rank: string }>();
  const lists = new Map<ListKey, readonly Said<string>[]>();
  const accounts = new Map<string, Said<Account>>();
  const warnings: ProfileProblem[] = [];
  for (const layer of layers) {
    const isForgotten = (key: string): boolean =>
      layer.forget.some((one) => key === one || key.startsWith(`${one}.`));
    for (const key of singles.keys()) if (isForgotten(key)) singles.delete(key);
    for (const key of LISTS) if (isForgotten(key)) lists.set(key, []);
    if (isForgotten('accounts')) accounts.clear();
    const rank = layer.rank.join(' ');
    for (const [key, said] of layer.singles) {
      const before = singles.get(key);
      if (before?.rank === rank && JSON.stringify(before.said.value) !== JSON.stringify(said.value)) {
        warnings.push(conflict(key, before.said.at, said.at));
      }
      singles.set(key, { said, rank });
    }
    for (const [key, items] of layer.lists) lists.set(key, [...(lists.get(key) ?? []), ...items]);
    for (const said of layer.accounts) accounts.set(keyOf(said.value.name), said);
  }
  return {
    single: <K extends keyof Singles>(key: K) => (singles.get(key)?.said ?? null) as Said<Singles[K]> | null,
    list: (key) => lists.get(key) ?? [],
    isSaid: (key) => lists.has(key),
    accounts: [...accounts.values()],
    warnings,
  };
}

function conflict(key: string, first: Place, second: Place): ProfileProblem {
  return {
    at: second,
    message: `${key} is said differently in ${placeWords(first)}, in a profile for the same hosts; this one is taken.`,
    next: 'Take one of the two out, or say which comes later with order in [for].',
  };
}

function byRank(a: Layer, b: Layer): number {
  for (const [at, number] of a.rank.entries()) {
    const difference = number - (b.rank[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareText(a.name, b.name);
}

const USUAL_ORDER = 500;

/** Null when the profile is not for this host. */
function sheetLayer(sheet: Sheet, facts: LayerFacts): Layer | null {
  const { content, tree, file } = sheet;
  const { images, labs, locations, hosts, order, forget } = content.for ?? {};
  const chain = facts.location?.chain ?? [];
  const depth = 1 + chain.findLastIndex(({ name }) => locations !== undefined && fitsAny(locations, name));
  const isFor =
    (images === undefined || fitsImage(images, facts.image)) &&
    (labs === undefined || (facts.lab !== null && fitsAny(labs, facts.lab))) &&
    (locations === undefined || depth > 0) &&
    (hosts === undefined || fitsAny(hosts, facts.name));
  if (!isFor) return null;
  const singles = new Map<string, Said<unknown>>();
  const lists = new Map<ListKey, readonly Said<string>[]>();
  for (const section of [
    'region',
    'windows',
    'domain',
    'registry',
    'drivers',
    'first_boot',
    'linux',
  ] as const) {
    for (const [key, value] of Object.entries(content[section] ?? {})) {
      const path = [section, key];
      const list = LISTS.find((name) => name === path.join('.'));
      if (list !== undefined && Array.isArray(value)) {
        lists.set(
          list,
          value.map((item, at) => ({ value: String(item), at: tree.placeOf([...path, at]) })),
        );
      } else if (value !== undefined) {
        singles.set(path.join('.'), { value, at: tree.placeOf(path) });
      }
    }
  }
  return {
    rank: [
      Number(hosts !== undefined),
      Number(labs !== undefined),
      depth,
      Number(images !== undefined),
      order ?? USUAL_ORDER,
    ],
    name: file,
    forget: forget ?? [],
    singles,
    lists,
    accounts: (content.accounts ?? []).map((value, at) => ({ value, at: tree.placeOf(['accounts', at]) })),
  };
}

/** Case says nothing, a colon is as good as an at sign, as wherever an image is named. */
function fitsImage(patterns: readonly string[], image: LayerFacts['image']): boolean {
  return patterns.some((pattern) => {
    const wanted = pattern.replace(':', '@');
    return fitsAny([wanted], wanted.includes('@') ? `${image.name}@${image.version ?? ''}` : image.name);
  });
}

/** Comes before the profiles for the same location. */
function locationLayer({ name, source }: Location, index: number): Layer {
  const { definition, placeOf } = source;
  const items = (key: 'printers' | 'packages'): Said<string>[] =>
    (definition[key] ?? []).map((value, at) => ({ value, at: placeOf(key, at) }));
  const lists = new Map<ListKey, readonly Said<string>[]>();
  if (definition.printers !== undefined) lists.set('first_boot.printers', items('printers'));
  if (definition.packages !== undefined) lists.set('first_boot.packages', items('packages'));
  const singles = new Map<string, Said<unknown>>();
  if (definition.default_printer !== undefined) {
    const said = { value: definition.default_printer, at: placeOf('default_printer') };
    singles.set('first_boot.default_printer', said);
  }
  return { rank: [0, 0, index + 1, 0, -1], name, forget: [], singles, lists, accounts: [] };
}
