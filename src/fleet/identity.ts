import { parseMac } from './mac.ts';
import { serialKey, uuidKey } from './smbios.ts';
import type { Host, Inventory } from './types.ts';

/** What of a host is needed to recognise it. */
export type Identity = Pick<Host, 'id' | 'uuid' | 'serial' | 'macs'> & {
  readonly name?: string | null;
  /** An agent has told of it. */
  readonly met?: boolean;
  /** A line of the manifest means it. */
  readonly assigned?: boolean;
};

/** What a machine tells of itself; the card it boots from comes first. */
export type Sight = Pick<Inventory, 'uuid' | 'serial'> & {
  readonly macs: readonly { readonly mac: string }[];
};

export type HostMatch =
  | {
      readonly kind: 'known';
      readonly hostId: string;
      /** Records of a MAC and nothing more that are this machine's too: they belong into the host's record. */
      readonly absorbs: readonly string[];
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly words: string; readonly candidates: readonly string[] };

export interface SharedIdentity {
  readonly kind: 'uuid' | 'serial' | 'mac';
  /** In its compared form, see `uuidKey` and `serialKey`. */
  readonly value: string;
  readonly hostIds: readonly string[];
}

/** `named`: UUID or serial say so. `carded`: only a MAC does, and nothing speaks against it. */
type Verdict = 'named' | 'carded' | 'doubt' | 'other';

/**
 * Finds which known host a machine is.
 *
 * UUID, serial and MACs are compared where both sides have a telling value (not bogus, and not shared by several
 * known hosts). Two that agree make it the same host, and so does one if nothing speaks against it. A MAC alone
 * that is contradicted by UUID or serial is a dock or a moved card: another machine. A UUID or serial alone that is
 * contradicted (a batch with one UUID, a changed board) is a doubt, and a doubt is shown, never guessed.
 *
 * A host that UUID or serial name outranks all that only have one of its MACs. Of several that only have a MAC, the
 * one with most of the machine's cards is meant, then the one with the card that booted.
 *
 * @param knownHosts all hosts, or at least all that have the machine's UUID, serial or one of its MACs
 * @param shared UUIDs and serials of several hosts; needed when `knownHosts` are not all hosts
 */
export function matchHost(
  sight: Sight,
  knownHosts: readonly Identity[],
  shared: readonly Pick<SharedIdentity, 'kind' | 'value'>[] = findSharedIdentities(knownHosts),
): HostMatch {
  const untelling = new Set(shared.map(({ kind, value }) => `${kind} ${value}`));
  const telling = (kind: 'uuid' | 'serial', value: string | null): string | null =>
    value !== null && untelling.has(`${kind} ${value}`) ? null : value;
  const uuid = telling('uuid', uuidKey(sight.uuid));
  const serial = telling('serial', serialKey(sight.serial));
  const macs = new Set(sight.macs.map(({ mac }) => parseMac(mac)).filter((mac) => mac !== null));

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
  const named = verdicts.get('named') ?? [];
  const carded = verdicts.get('carded') ?? [];
  const doubt = verdicts.get('doubt') ?? [];
  const [first] = named;
  if (named.length > 1) return conflict('This machine matches several hosts', named);
  if (first !== undefined) return known(first, carded.filter(isOnlyMac));
  if (carded.length > 0) return matchByCards([...macs], carded);
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

/** Whether nothing is known of a host but MACs: no agent has told of it, and neither did its firmware. */
export function isOnlyMac(host: Identity): boolean {
  return host.met !== true && uuidKey(host.uuid) === null && serialKey(host.serial) === null;
}

function judge(agreeing: readonly string[], differing: readonly string[]): Verdict {
  if (agreeing.length >= 2) return 'named';
  if (agreeing.length === 0) return 'other';
  const onlyMac = agreeing[0] === 'mac';
  if (differing.length === 0) return onlyMac ? 'carded' : 'named';
  return onlyMac ? 'other' : 'doubt';
}

/** @param macs the machine's, the one it booted from first */
function matchByCards(macs: readonly string[], hosts: readonly Identity[]): HostMatch {
  // A record that nobody met and nobody assigned has nothing to say against one that somebody did.
  const idle = hosts.filter((host) => isOnlyMac(host) && host.assigned !== true);
  const serious = hosts.filter((host) => !idle.includes(host));
  const ranked = (serious.length > 0 ? serious : idle)
    .map((host) => {
      const cards = new Set(host.macs.map(parseMac));
      return {
        host,
        common: macs.filter((mac) => cards.has(mac)).length,
        first: macs.findIndex((mac) => cards.has(mac)),
      };
    })
    .sort((a, b) => b.common - a.common || a.first - b.first);
  const [best, next] = ranked;
  if (best === undefined) return { kind: 'unknown' };
  if (serious.length > 0 && next?.common === best.common && next.first === best.first) {
    return conflict('This machine matches several hosts', serious);
  }
  return known(
    best.host,
    idle.filter((host) => host !== best.host),
  );
}

function known(host: Identity, absorbed: readonly Identity[]): HostMatch {
  return { kind: 'known', hostId: host.id, absorbs: absorbed.map(({ id }) => id) };
}

function conflict(start: string, hosts: readonly Identity[]): HostMatch {
  const names = hosts.map((host) => host.name ?? host.id);
  return {
    kind: 'conflict',
    words: `${start}: ${names.join(', ')}.`,
    candidates: hosts.map((host) => host.id),
  };
}
