import { ChunkBoard } from './chunk-board.ts';
import { ImageWindow } from './image-window.ts';
import { countDone, isSlow, usualRate } from './pace.ts';
import { ASSIGNED, HELD, newPeer, type Peer, remember, WANTED } from './peer.ts';
import { accuse, mayAsk, servesAt } from './trust.ts';
import type {
  Assignment,
  ChunkNumbers,
  Done,
  Failed,
  JoinFacts,
  PeerId,
  SchedulerOptions,
  SourceId,
  Verdict,
} from './types.ts';

const DEFAULTS: SchedulerOptions = {
  slots: 8,
  serverSlots: 8,
  window: 256,
  starvedMs: 1500,
  random: Math.random,
};
/** Peers named as fallbacks; the server comes after them. */
const FALLBACKS = 1;
/** Places of its list that a host looks at for chunks that are everywhere. */
const LOOKED_AT = 512;
/** A chunk that the server sent and that has not come after so long is given out once more. */
const LATE_MS = 4000;

/**
 * Who fetches which chunk from whom. Knows no network and no clock: time is a number of milliseconds that is handed
 * in and never goes back.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #board = new ChunkBoard();
  readonly #images = new Map<string, ImageWindow>();
  readonly #peers = new Map<PeerId, Peer>();
  readonly #byNumber: (Peer | null)[] = [];
  readonly #verdicts: Verdict[] = [];
  #serverLoad = 0;

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Makes a chunk list known; one that is known already is left as it is. */
  addImage(key: string, list: ChunkNumbers): void {
    if (this.#images.has(key)) return;
    const chunks = Uint32Array.from({ length: list.length }, (_, i) => this.#board.intern(list.id(i)));
    this.#images.set(key, new ImageWindow(chunks, this.#board));
  }

  /** A host begins, or begins anew after it was started again: what it was doing is forgotten. */
  join(facts: JoinFacts, now: number): void {
    this.leave(facts.peer);
    const image = this.#image(facts.image);
    const free = this.#byNumber.indexOf(null);
    const number = free < 0 ? this.#byNumber.length : free;
    const peer = newPeer(facts, number, image.chunks, now, this.#options.random());
    this.#byNumber[number] = peer;
    this.#peers.set(peer.id, peer);
    this.#board.admit(number);
    for (const [local, state] of peer.states.entries()) {
      if (state === HELD) this.#offer(peer, local);
      else image.want(local);
    }
  }

  /** A host is gone. What it was to fetch is wanted by nobody, what only it had is to be sent again. */
  leave(id: PeerId): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    for (const local of [...peer.open.keys()]) this.#giveUp(peer, local);
    const image = this.#image(peer.image);
    for (const [local, state] of peer.states.entries()) {
      if (state === HELD) this.#board.remove(image.chunks[local] ?? 0, peer.number);
      else if (!peer.slow) image.unwant(local);
    }
    for (const other of this.#images.values()) other.lookAgain();
    this.#peers.delete(id);
    this.#byNumber[peer.number] = null;
    for (const other of this.#peers.values())
      for (const open of other.open.values()) if (open.source === id) open.source = null;
  }

  has(id: PeerId): boolean {
    return this.#peers.has(id);
  }

  /** What has come of its assignments. */
  report(
    id: PeerId,
    { done, failed }: { readonly done: readonly Done[]; readonly failed: readonly Failed[] },
    now: number,
  ): void {
    const peer = this.#peer(id);
    for (const one of failed) this.#failed(peer, one, now);
    countDone(peer, done.length, now);
    for (const one of done) this.#done(peer, one);
    if (done.length > 0) this.#judgePace(peer, now);
  }

  /** What a host still has to do, by its own account: what is not in it was lost on the way and is given out again. */
  reconcile(id: PeerId, holding: readonly number[]): void {
    const peer = this.#peer(id);
    const held = new Set(holding);
    for (const local of [...peer.open.keys()]) if (!held.has(local)) this.#giveUp(peer, local);
  }

  /** From here on it serves what is in its memory, and nothing from its disk. */
  memoryOnly(id: PeerId): void {
    const peer = this.#peer(id);
    if (peer.memoryOnly) return;
    peer.memoryOnly = true;
    for (const chunk of peer.chunks) if (!peer.ring.has(chunk)) this.#board.remove(chunk, peer.number);
    this.#image(peer.image).lookAgain();
  }

  /** Up to `room` chunks for a host to fetch; none when there is nothing for it at the moment. */
  take(id: PeerId, room: number, now: number): Assignment[] {
    const peer = this.#peer(id);
    const given: Assignment[] = [];
    if (peer.wanted === 0) return given;
    const alone = peer.gotFromPeers === 0 && peer.shuns.size >= 3;
    if (!alone) {
      this.#fresh(peer, room, given, now);
      this.#fromWindow(peer, room, given, now);
      this.#fromAnywhere(peer, room, given, now);
      this.#endgame(peer, room, given, now);
    }
    const starves = peer.open.size === 0 && now - peer.fedAt >= this.#options.starvedMs;
    if (alone || starves) this.#fromServer(peer, Math.min(room, 4 - peer.open.size), given, now);
    if (given.length > 0) peer.fedAt = now;
    return given;
  }

  /** Whether somebody may still want what this host has. */
  needs(id: PeerId): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined || !servesAt(peer, Number.POSITIVE_INFINITY)) return false;
    for (const other of this.#peers.values()) {
      if (other !== peer && other.unsettled > 0 && other.image === peer.image) return true;
    }
    return false;
  }

  /** Hosts that were found wanting since the last call. */
  verdicts(): Verdict[] {
    return this.#verdicts.splice(0);
  }

  /** Chunks that a host still needs. */
  left(id: PeerId): number {
    return this.#peer(id).unsettled;
  }

  /** The server first: each chunk that nobody has leaves it once. */
  #fresh(peer: Peer, room: number, given: Assignment[], now: number): void {
    if (peer.slow) return;
    const image = this.#image(peer.image);
    const { serverSlots, window } = this.#options;
    const most = Math.max(1, Math.ceil(serverSlots / Math.max(1, this.#peers.size)));
    let mine = 0;
    for (const { source } of peer.open.values()) if (source === null) mine++;
    while (given.length < room && mine < most && this.#serverLoad < serverSlots && image.size < window) {
      const local = image.nextFresh(peer.states);
      if (local < 0) return;
      image.release(local);
      given.push(this.#assign(peer, local, null, now));
      mine++;
    }
  }

  /** Chunks that are out and not everywhere yet, the rarest first. */
  #fromWindow(peer: Peer, room: number, given: Assignment[], now: number): void {
    if (given.length >= room) return;
    const image = this.#image(peer.image);
    for (const local of image.rarest(peer.states, this.#options.random)) {
      if (given.length >= room) return;
      const source = this.#sourceOf(peer, image.chunks[local] ?? 0, now);
      if (source !== null) given.push(this.#assign(peer, local, source, now));
    }
  }

  /** Chunks that others have had for long: what a late host needs, or one that drifted. */
  #fromAnywhere(peer: Peer, room: number, given: Assignment[], now: number): void {
    const { length } = peer.states;
    for (let looked = 0; looked < LOOKED_AT && looked < length && given.length < room; looked++) {
      const local = peer.cursor;
      peer.cursor = (peer.cursor + 1) % length;
      const chunk = peer.chunks[local] ?? 0;
      if (peer.states[local] !== WANTED || this.#board.holders(chunk) === 0) continue;
      const source = this.#sourceOf(peer, chunk, now);
      if (source !== null) given.push(this.#assign(peer, local, source, now));
    }
  }

  /** When every chunk is out, the server is one more source for what no neighbour has a free place for. */
  #endgame(peer: Peer, room: number, given: Assignment[], now: number): void {
    const image = this.#image(peer.image);
    const { serverSlots, random } = this.#options;
    if (peer.slow || image.nextFresh(null) >= 0) return;
    for (const local of image.rarest(peer.states, random)) {
      if (given.length >= room || peer.open.size >= 2 || this.#serverLoad >= serverSlots) return;
      given.push(this.#assign(peer, local, null, now));
    }
  }

  /** Whatever it wants, from the server, though others may have it. */
  #fromServer(peer: Peer, room: number, given: Assignment[], now: number): void {
    const image = this.#image(peer.image);
    for (let local = peer.states.indexOf(WANTED); local >= 0 && given.length < room; ) {
      image.release(local);
      given.push(this.#assign(peer, local, null, now));
      local = peer.states.indexOf(WANTED, local);
    }
  }

  /** The best host to ask for a chunk: near, with little to do, with the chunk in memory; null when there is none. */
  #sourceOf(peer: Peer, chunk: number, now: number): Peer | null {
    let best: Peer | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    let nearest = Number.POSITIVE_INFINITY;
    for (const number of this.#board.hosts(chunk)) {
      const other = this.#byNumber[number];
      if (other == null || !mayAsk(peer, other, now)) continue;
      const distance = distanceOf(peer.groups, other.groups);
      // A near one that is busy is waited for: the way to those farther away is shared by all of this place.
      if (distance < nearest) {
        nearest = distance;
        best = null;
        bestCost = Number.POSITIVE_INFINITY;
      }
      if (distance > nearest || other.load >= this.#options.slots) continue;
      const cost = other.load + (other.ring.has(chunk) ? 0 : 2) + this.#options.random() / 2;
      if (cost >= bestCost) continue;
      best = other;
      bestCost = cost;
    }
    if (nearest > 0 && nearest < Number.POSITIVE_INFINITY && this.#isComing(peer, chunk)) return null;
    return best;
  }

  /** Whether another host of the same place is fetching a chunk already. */
  #isComing(peer: Peer, chunk: number): boolean {
    const image = this.#image(peer.image);
    return image.comingTo(peer.groups.join('\n'), chunk) > 0;
  }

  #assign(peer: Peer, local: number, source: Peer | null, now: number): Assignment {
    const image = this.#image(peer.image);
    peer.states[local] = ASSIGNED;
    peer.wanted--;
    if (!peer.slow) image.unwant(local);
    image.begin(local, peer.groups.join('\n'));
    peer.open.set(local, { source: source?.id ?? null, since: now });
    if (source === null) {
      this.#serverLoad++;
      return { chunk: local, sources: [null] };
    }
    source.load++;
    const sources: [SourceId, ...SourceId[]] = [source.id];
    for (const number of this.#board.hosts(image.chunks[local] ?? 0)) {
      if (sources.length > FALLBACKS) break;
      const other = this.#byNumber[number];
      if (other != null && other !== source && mayAsk(peer, other, now)) sources.push(other.id);
    }
    return { chunk: local, sources: [...sources, null] };
  }

  /** An assignment ends; the chunk's state is the caller's. */
  #close(peer: Peer, local: number): void {
    const open = peer.open.get(local);
    if (open === undefined) return;
    peer.open.delete(local);
    this.#image(peer.image).end(local, peer.groups.join('\n'));
    if (open.source === null) this.#serverLoad--;
    else {
      const source = this.#peers.get(open.source);
      if (source !== undefined) source.load--;
    }
  }

  #giveUp(peer: Peer, local: number): void {
    this.#close(peer, local);
    peer.states[local] = WANTED;
    peer.wanted++;
    const image = this.#image(peer.image);
    if (!peer.slow) image.want(local);
    image.lookAgain();
  }

  #done(peer: Peer, { chunk: local, from }: Done): void {
    if (local >= peer.states.length || peer.states[local] === HELD) return;
    const image = this.#image(peer.image);
    if (peer.states[local] === WANTED) {
      peer.wanted--;
      if (!peer.slow) image.unwant(local);
    }
    this.#close(peer, local);
    peer.states[local] = HELD;
    peer.unsettled--;
    this.#offer(peer, local);
    remember(peer, image.chunks[local] ?? 0, this.#board);
    const source = from === null ? undefined : this.#peers.get(from);
    if (source === undefined) return;
    source.served++;
    source.silentBy.clear();
    peer.gotFromPeers++;
  }

  #failed(peer: Peer, { from, why }: Failed, now: number): void {
    const source = from === null ? undefined : this.#peers.get(from);
    if (source === undefined) return;
    const verdict = accuse(source, peer, why, now);
    if (verdict !== null) this.#verdicts.push(verdict);
    // What it is believed to have is out all the same; who holds nothing that counts is looked for anew.
    if (source.banned) for (const image of this.#images.values()) image.lookAgain();
  }

  #offer(peer: Peer, local: number): void {
    if (peer.serves) this.#board.add(peer.chunks[local] ?? 0, peer.number);
  }

  #judgePace(peer: Peer, now: number): void {
    const slow = this.#peers.size > 2 && isSlow(peer, usualRate(this.#peers.values()), now);
    if (slow === peer.slow) return;
    peer.slow = slow;
    const image = this.#image(peer.image);
    for (const [local, state] of peer.states.entries()) {
      if (state !== WANTED) continue;
      if (slow) image.unwant(local);
      else image.want(local);
    }
    if (slow) this.#verdicts.push({ peer: peer.id, what: 'slow', accusers: 0 });
    image.lookAgain();
  }

  /** Looks for what is late: what a slow host is being sent must not keep all others waiting. Once a second. */
  tick(now: number): void {
    for (const peer of this.#peers.values()) {
      this.#judgePace(peer, now);
      const image = this.#image(peer.image);
      for (const [local, { source, since }] of peer.open) {
        if (source === null && now - since > LATE_MS) image.recall(local);
      }
    }
  }

  #peer(id: PeerId): Peer {
    const peer = this.#peers.get(id);
    if (peer === undefined) throw new RangeError(`no peer ${id}`);
    return peer;
  }

  #image(key: string): ImageWindow {
    const image = this.#images.get(key);
    if (image === undefined) throw new RangeError(`no image ${key}`);
    return image;
  }
}

/** 0: the same place; one more for each place that the other does not share. */
function distanceOf(mine: readonly string[], theirs: readonly string[]): number {
  let shared = 0;
  while (shared < mine.length && mine[shared] === theirs[shared]) shared++;
  return mine.length - shared;
}
