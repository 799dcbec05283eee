import type { ManifestRow } from '../types.ts';
import type { ParsedManifest } from './parse.ts';

/** A row of the last good version that stays in force in place of a bad line. */
export interface HeldRow {
  readonly row: ManifestRow;
  /** The bad line it stands in for; null when the whole file is unusable. */
  readonly line: number | null;
}

export interface MergedManifest {
  /** What is in force now: each MAC once, each name once (whatever its case). */
  readonly rows: readonly ManifestRow[];
  readonly held: readonly HeldRow[];
  /** Rows that would be held, had not a good line taken their name. */
  readonly displaced: readonly HeldRow[];
}

/**
 * Puts a freshly read manifest in force on top of what was in force before.
 *
 * - A good line is in force as it stands.
 * - A bad line leaves the earlier row of its MAC in force. If its MAC itself cannot be read, it is the earlier row of
 *   its name, unless a good line has that row's MAC.
 * - Lines that share a MAC (duplicates) hold that MAC's earlier row, once. Lines that share a name hold the earlier
 *   row of each one's MAC.
 * - A held row whose name a good line has taken is displaced: no two hosts get one name.
 * - A row whose MAC no longer stands on any line is gone: deleting a line is a decision.
 * - An unusable file (no text, empty, no such columns) changes nothing.
 */
export function mergeWithLastGood(previous: readonly ManifestRow[], parsed: ParsedManifest): MergedManifest {
  if (parsed.form === null) {
    return { rows: [...previous], held: previous.map((row) => ({ row, line: null })), displaced: [] };
  }
  const good: ManifestRow[] = parsed.rows.map(({ mac, image, name, lab }) => ({ mac, image, name, lab }));
  const takenNames = new Set(good.map((row) => row.name.toLowerCase()));
  const goodMacs = new Set(good.map((row) => row.mac));
  const byMac = new Map(previous.map((row) => [row.mac, row]));
  const byName = new Map(previous.map((row) => [row.name.toLowerCase(), row]));

  const held = new Map<string, HeldRow>();
  const displaced: HeldRow[] = [];
  for (const bad of parsed.badLines) {
    const row = bad.mac === null ? byName.get(bad.name?.toLowerCase() ?? '') : byMac.get(bad.mac);
    if (row === undefined || goodMacs.has(row.mac) || held.has(row.mac)) continue;
    if (takenNames.has(row.name.toLowerCase())) displaced.push({ row, line: bad.line });
    else held.set(row.mac, { row, line: bad.line });
  }
  return {
    rows: [...good, ...[...held.values()].map(({ row }) => row)],
    held: [...held.values()],
    displaced,
  };
}
