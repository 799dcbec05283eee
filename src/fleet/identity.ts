import { parseMac } from './mac.ts';
import { serialKey, uuidKey } from './smbios.ts';
import type { Host, Inventory } from './types.ts';

/** What of a host is needed to recognise it. */
export type Identity = Pick<Host, 'id' | 'uuid' | 'serial' | 'macs'> & { readonly name?: string | null };

export type HostMatch =
  | { readonly kind: 'known'; readonly hostId: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly words: string; readonly candidates: readonly string[] };

export interface SharedIdentity {
  readonly kind: 'uuid' | 'serial' | 'mac';
  /** In its compared form, see `uuidKey` and `serialKey`. */
  readonly value: string;
  readonly hostIds: readonly string[];
}

type Verdict = 'same' | 'doubt' | 'other';

/**
 * Finds which known host a machine is.
 *
 * UUID, serial and MACs are compared where both sides have a telling value (not bogus, and not shared by several
 * known hosts). Two that agree make it the same host, and so does one if nothing speaks against it. A MAC alone
 * that is contradicted by UUID or serial is a dock or a moved card: another machine. A UUID or serial alone that is
 * contradicted (a batch with one UUID, a changed board) is a doubt, and a doubt is shown, never guessed.
 */
export function matchHost(
  inventory: Pick<Inventory, 'uuid' | 'serial'> & { readonly macs: readonly { readonly mac: string }[] },
  knownHosts: readonly Identity[],
): HostMatch {
  const shared = findSharedIdentities(knownHosts);
  const telling = (kind: 'uuid' | 'serial', value: string | null): string | null =>
    value !== null && shared.some((one) => one.kind === kind && one.value === value) ? null : value;
  const uuid = telling('uuid', uuidKey(inventory.uuid));
  const serial = telling('serial', serialKey(inventory.serial));
  const macs = new Set(inventory.macs.map(({ mac }) => parseMac(mac)).filter((mac) => mac !== null));

  const verdicts = new Map<Verdict, Identity[]>();
  for (const host of knownHosts) {
    const agreeing: string[] = [];
    const differing: string[] = [];
    const weigh = (kind: string, ours: string | null, theirs: string | null): void => {
      if (ours !== null && theirs !== null) (ours === theirs ? agreeing : differing).push(kind);
    };
    weigh('uuid', uuid, telling('uuid', uuidKey(host.uuid)));
    weigh('serial', serial, telling('serial', serialKey(host.serial)));
    const theirs = host.macs.map(parseMac).filter((mac) => mac !== null);
    if (macs.size > 0 && theirs.length > 0) {
      (theirs.some((mac) => macs.has(mac)) ? agreeing : differing).push('mac');
    }
    const verdict = judge(agreeing, differing);
    verdicts.set(verdict, [...(verdicts.get(verdict) ?? []), host]);
  }
  const same = verdicts.get('same') ?? [];
  const doubt = verdicts.get('doubt') ?? [];
  const [first] = same;
  if (first !== undefined && same.length === 1) return { kind: 'known', hostId: first.id };
  if (same.length > 1) return conflict('This machine matches several hosts', same);
  if (doubt.length > 0) {
    return conflict('This machine shares its UUID or serial number, but nothing else, with', doubt);
  }
  return { kind: 'unknown' };
}

/** UUIDs, serials and MACs that several hosts have: they identify none of them, and deserve a look. */
export function findSharedIdentities(hosts: readonly Identity[]): SharedIdentity[] {
  const owners = new Map<string, { kind: SharedIdentity['kind']; value: string; hostIds: Set<string> }>();
  const note = (kind: SharedIdentity['kind'], value: string | null, hostId: string): void => {
    if (value === null) return;
    const key = `${kind} ${value}`;
    const owner = owners.get(key) ?? { kind, value, hostIds: new Set() };
    owner.hostIds.add(hostId);
    owners.set(key, owner);
  };
  for (const host of hosts) {
    note('uuid', uuidKey(host.uuid), host.id);
    note('serial', serialKey(host.serial), host.id);
    for (const mac of host.macs) note('mac', parseMac(mac), host.id);
  }
  return [...owners.values()]
    .filter(({ hostIds }) => hostIds.size > 1)
    .map(({ kind, value, hostIds }) => ({ kind, value, hostIds: [...hostIds] }));
}

function judge(agreeing: readonly string[], differing: readonly string[]): Verdict {
  if (agreeing.length >= 2) return 'same';
  if (agreeing.length === 0) return 'other';
  if (differing.length === 0) return 'same';
  return agreeing[0] === 'mac' ? 'other' : 'doubt';
}

function conflict(start: string, hosts: readonly Identity[]): HostMatch {
  const names = hosts.map((host) => host.name ?? host.id);
  return {
    kind: 'conflict',
    words: `${start}: ${names.join(', ')}.`,
    candidates: hosts.map((host) => host.id),
  };
}
