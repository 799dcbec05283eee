import { fullBits, type ImageChunks } from './chunk-table.ts';
import { HostSet } from './host-set.ts';
import { Meter } from './meter.ts';
import type { Place } from './place.ts';
import type { JoinFacts, PeerId } from './types.ts';

/** A chunk that a host was told to fetch and that is not done. */
export interface Open {
  readonly row: number;
  /** The source that counts it; null is the server. */
  source: Host | null;
  /** All that it was told to ask, but the server. */
  readonly told: readonly Host[];
  /** How the server counts it: `spare` and `aside` are beside what it sends to the lab as a whole. */
  counts: 'load' | 'spare' | 'aside';
  /** The widest of the host's places that its source is outside of; their number: it is at home. */
  crosses: number;
  readonly since: number;
  /** It takes so long that others do not count on it. */
  late: boolean;
}

/** What the scheduler knows of one host. */
export class Host {
  readonly id: PeerId;
  /** Its bit in sets and rows. */
  readonly column: number;
  readonly image: ImageChunks;
  /** Where it stands, the widest place first. */
  readonly places: readonly Place[];
  /** The narrowest of them; null: it is not known to stand anywhere. */
  readonly home: Place | null;
  readonly ringChunks: number;
  /** A bit for each chunk of its list that it neither holds nor was told to fetch. */
  readonly missing: Uint32Array;
  missingCount: number;
  readonly open = new Map<number, Open>();
  /** Rows that it has in memory, the oldest first. */
  readonly ring = new Set<number>();
  memoryOnly = false;
  /** Open chunks of others that count on it. */
  load = 0;
  /** Of its own open chunks, those from the server. */
  fromServer = 0;
  readonly down = new Meter();
  readonly up = new Meter();
  /** From the assignment to the report, a moving mean; null: no chunk came yet. Milliseconds. */
  turnMs: number | null = null;
  /** The same for what comes from outside of each of its places. */
  readonly crossMs: (number | null)[];
  heardAt: number;
  /** When it last was given something, or joined. */
  fedAt: number;
  readonly standing: Standing;

  constructor(
    facts: JoinFacts,
    place: { readonly column: number; readonly image: ImageChunks; readonly places: readonly Place[] },
    now: number,
  ) {
    this.id = facts.peer;
    this.column = place.column;
    this.image = place.image;
    this.places = place.places;
    this.home = place.places.at(-1) ?? null;
    this.crossMs = place.places.map(() => null);
    this.ringChunks = facts.ringChunks;
    this.missing = fullBits(place.image.rows.length);
    this.missingCount = place.image.rows.length;
    this.heardAt = now;
    this.fedAt = now;
    this.standing = newStanding(facts.serves);
    for (let local = 0; local < place.image.rows.length; local++) {
      if (((facts.held[local >> 3] ?? 0) >> (local & 7)) & 1) this.setMissing(local, false);
    }
  }

  /** The widest of its places that is far; their number when none is. */
  get farFrom(): number {
    const level = this.places.findIndex(({ far }) => far);
    return level < 0 ? this.places.length : level;
  }

  isMissing(local: number): boolean {
    return (((this.missing[local >> 5] ?? 0) >>> (local & 31)) & 1) === 1;
  }

  setMissing(local: number, missing: boolean): void {
    if (this.isMissing(local) === missing) return;
    const word = local >> 5;
    this.missing[word] = (this.missing[word] ?? 0) ^ (1 << (local & 31));
    this.missingCount += missing ? 1 : -1;
  }

  /** Whether it has a chunk of its list, on its disk. */
  holds(local: number): boolean {
    return local >= 0 && local < this.image.rows.length && !this.isMissing(local) && !this.open.has(local);
  }

  /** Chunks that it does not have yet. */
  get left(): number {
    return this.missingCount + this.open.size;
  }
}

/** What others, and its own pace, say of a host. */
export interface Standing {
  readonly serves: boolean;
  /** Much slower than most, also where it stands. */
  slow: boolean;
  /** As fast as most in its place, which is far. */
  far: boolean;
  /** It has not been heard for longer than it should take. */
  quiet: boolean;
  /** It sent wrong bytes to several, or nobody reaches it. */
  banned: boolean;
  /** It accuses so many others that its word counts for nothing. */
  accuser: boolean;
  /** Nobody is sent to it before this. */
  restsUntil: number;
  /** It gets nothing from anybody but the server. */
  alone: boolean;
  /** Hosts that it is not sent to any more. */
  readonly shuns: HostSet;
  /** Rows that came wrong from it. */
  readonly wrongRows: Set<number>;
  /** Hosts that complained, by what. */
  readonly wrongBy: Map<PeerId, number>;
  readonly unreachableBy: Set<PeerId>;
  readonly silentBy: Set<PeerId>;
  /** Whom it complained of for wrong bytes. */
  readonly accused: Set<PeerId>;
  /** Of whom it said that they have not what they were thought to have. */
  readonly missedAt: Set<PeerId>;
  /** Chunks that others got from it, and it from others. */
  served: number;
  got: number;
}

function newStanding(serves: boolean): Standing {
  return {
    serves,
    slow: false,
    far: false,
    quiet: false,
    banned: false,
    accuser: false,
    restsUntil: Number.NEGATIVE_INFINITY,
    alone: false,
    shuns: new HostSet(),
    wrongRows: new Set(),
    wrongBy: new Map(),
    unreachableBy: new Set(),
    silentBy: new Set(),
    accused: new Set(),
    missedAt: new Set(),
    served: 0,
    got: 0,
  };
}

/** Whether its neighbours are sent to it. */
export function isNeighbour({ serves, slow, quiet, banned }: Standing): boolean {
  return serves && !slow && !quiet && !banned;
}

/** Whether chunks that it has count as being had by all: everybody can be sent to it. */
export function isSource(standing: Standing): boolean {
  return isNeighbour(standing) && !standing.far;
}
