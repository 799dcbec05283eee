import { type Place, placeWords } from './problem.ts';
import type { ResolvedHost } from './resolve-host.ts';

/** One value of a host for a person's eyes. */
export interface SettingLine {
  /** `region.timeZone`, `accounts[pupil].administrator`. */
  readonly path: string;
  /** Secrets say `(secret)`. */
  readonly value: string;
  /** `school.toml, line 5, column 13`; null when no profile says it: a default, or the host's own. */
  readonly from: string | null;
}

const SECRET_KEYS: ReadonlySet<string> = new Set([
  'administratorPassword',
  'blob',
  'password',
  'passwordHash',
  'productKey',
  'token',
]);

/** What a host becomes, line by line, and which line of which profile says so. What the image decides is left out. */
export function explainHost({ settings, offlineJoin, origins }: ResolvedHost): SettingLine[] {
  const { fields: _, domain, ...rest } = settings;
  const joined = offlineJoin === null ? domain : { kind: 'offline', ...offlineJoin };
  return linesOf('', '', { ...rest, domain: joined }).map(([path, value]) => ({
    path,
    value,
    from: origin(origins, path),
  }));
}

function linesOf(path: string, key: string, value: unknown): [string, string][] {
  if (value === null || value === undefined) return [];
  if (SECRET_KEYS.has(key)) return [[path, '(secret)']];
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object') return [[path, JSON.stringify(value)]];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 0) return [];
    if (key === 'files') return [[path, `${items.length} ${items.length === 1 ? 'file' : 'files'}`]];
    if (items.every((item) => typeof item === 'number')) return [[path, items.join(', ')]];
    return items.flatMap((item, at) => linesOf(`${path}[${nameOf(item) ?? at + 1}]`, '', item));
  }
  const title = 'name' in value ? 'name' : 'path';
  const own = Object.entries(value).filter(([name]) => name !== title && name !== 'content');
  const lines = own.flatMap(([name, child]) => linesOf(path === '' ? name : `${path}.${name}`, name, child));
  return lines.length === 0 && path !== '' ? [[path, '']] : lines;
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  if ('name' in item && typeof item.name === 'string') return item.name;
  return 'path' in item && typeof item.path === 'string' ? item.path : null;
}

/** Where a value was said, or what it is a part of. */
function origin(origins: ReadonlyMap<string, Place>, path: string): string | null {
  for (
    let end = path.length;
    end > 0;
    end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))
  ) {
    const at = origins.get(path.slice(0, end));
    if (at !== undefined) return placeWords(at);
  }
  return null;
}
