import type { ManifestRow } from '../fleet/index.ts';

/** What of a host counts when a row of the manifest looks for its machine. */
export interface HostFacts {
  readonly inConflict: boolean;
  /** Nothing but a MAC is known of it: it was written down, or asked to boot once. */
  readonly onlyMac: boolean;
  /** It has a task that has not ended. */
  readonly busy: boolean;
}

export interface RowOwners {
  /** MAC → host id, for every row; ids that `hosts` lacks are of hosts to be made. */
  readonly hostOf: ReadonlyMap<string, string>;
  /** Records nobody has met whose line got another MAC: the record has this MAC now, and no other. */
  readonly moved: readonly { readonly mac: string; readonly host_id: string }[];
}

/**
 * Which host each row means.
 *
 * - A row that was there before means the host it meant then.
 * - A new row means the host that has shown its MAC and is meant by no other row; of several the one seen last.
 * - A new row whose name stood on a line that is gone, for a record of a MAC that nobody has met, is that line
 *   corrected: it means the same record, unless a host has shown its MAC and no order waits for the record.
 * - A new row whose MAC was only ever shown by one machine that another row means is a second line of that machine.
 * - Any other new row means a machine that nobody has seen yet.
 *
 * @param shownBy MAC → ids of the hosts that have shown it, the newest first
 */
export function assignRows(
  rows: readonly ManifestRow[],
  old: readonly { readonly mac: string; readonly name: string; readonly host_id: string }[],
  hosts: ReadonlyMap<string, HostFacts>,
  shownBy: ReadonlyMap<string, readonly string[]>,
  newId: () => string,
): RowOwners {
  const oldHost = new Map(old.map((row) => [row.mac, row.host_id]));
  const after = new Set(rows.map((row) => row.mac));
  const hostOf = new Map<string, string>();
  const taken = new Set<string>();
  const assign = (mac: string, hostId: string): void => {
    hostOf.set(mac, hostId);
    taken.add(hostId);
  };
  for (const { mac } of rows) {
    const host = oldHost.get(mac);
    if (host !== undefined) assign(mac, host);
  }
  const gone = new Map<string, string>();
  for (const { mac, name, host_id } of old) {
    const corrected = !after.has(mac) && !taken.has(host_id) && hosts.get(host_id)?.onlyMac === true;
    if (corrected) gone.set(name.toLowerCase(), host_id);
  }
  const moved: { mac: string; host_id: string }[] = [];
  for (const { mac, name } of rows) {
    if (hostOf.has(mac)) continue;
    const shown = shownBy.get(mac) ?? [];
    const free = shown.filter((id) => !taken.has(id));
    const owner = free.find((id) => hosts.get(id)?.inConflict === false) ?? free[0];
    const corrected = gone.get(name.toLowerCase());
    if (corrected !== undefined && !taken.has(corrected)) {
      if (owner === undefined || hosts.get(corrected)?.busy === true) {
        assign(mac, corrected);
        moved.push({ mac, host_id: corrected });
        continue;
      }
    }
    const [only, ...others] = shown;
    const second = only !== undefined && others.length === 0 && hosts.get(only)?.onlyMac === false;
    assign(mac, owner ?? (second ? only : newId()));
  }
  return { hostOf, moved };
}
