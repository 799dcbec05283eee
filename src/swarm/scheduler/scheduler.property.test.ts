import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Scheduler } from './scheduler.ts';
import { seeded } from './simulation/seeded.ts';
import { FAILURES, type SourceId } from './types.ts';

const CHUNKS = 40;
const RING = 4;
const IMAGES = { a: 0, b: 20 } as const;
/** The list of image `b` is the second half of that of `a`, and 20 more. */
const nameOf = (image: 'a' | 'b', chunk: number): number => chunk + IMAGES[image];

/** A host as the test knows it. */
interface Known {
  readonly image: 'a' | 'b';
  readonly held: Set<number>;
  readonly assigned: Map<number, SourceId>;
  /** What it got, the newest last. */
  readonly got: number[];
  memoryOnly: boolean;
}

const command = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), host: fc.nat(5), image: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('join' as const), host: fc.nat(5), image: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('leave' as const), host: fc.nat(5) }),
  fc.record({ kind: fc.constant('take' as const), host: fc.nat(5), room: fc.nat(12) }),
  fc.record({ kind: fc.constant('take' as const), host: fc.nat(5), room: fc.nat(12) }),
  fc.record({ kind: fc.constant('done' as const), host: fc.nat(5), count: fc.nat(8) }),
  fc.record({ kind: fc.constant('done' as const), host: fc.nat(5), count: fc.nat(8) }),
  fc.record({
    kind: fc.constant('failed' as const),
    host: fc.nat(5),
    chunk: fc.nat(CHUNKS + 3),
    from: fc.nat(5),
    why: fc.constantFrom(...FAILURES),
  }),
  fc.record({ kind: fc.constant('forget' as const), host: fc.nat(5) }),
  fc.record({ kind: fc.constant('memoryOnly' as const), host: fc.nat(5) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(4000) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Hosts that do what commands say, and a scheduler that is watched. */
class Room {
  readonly scheduler = new Scheduler({ random: seeded(9) });
  readonly hosts = new Map<string, Known>();
  now = 0;

  do(act: Command): void {
    if (act.kind === 'wait') {
      this.now += act.ms;
      this.scheduler.tick(this.now);
      return;
    }
    const id = `h${act.host}`;
    if (act.kind === 'join') {
      this.join(id, act.image);
      return;
    }
    const host = this.hosts.get(id);
    if (host === undefined) return;
    switch (act.kind) {
      case 'leave':
        this.hosts.delete(id);
        this.scheduler.leave(id);
        return;
      case 'take':
        this.take(id, host, act.room);
        return;
      case 'done':
        this.finish(id, host, act.count);
        return;
      case 'failed': {
        const failed = [{ chunk: act.chunk, from: `h${act.from}`, why: act.why }];
        this.scheduler.report(id, { done: [], failed }, this.now);
        return;
      }
      case 'forget':
        this.now += 5000;
        this.scheduler.tick(this.now);
        host.assigned.clear();
        this.scheduler.reconcile(id, []);
        return;
      case 'memoryOnly':
        host.memoryOnly = true;
        this.scheduler.memoryOnly(id);
    }
  }

  join(id: string, image: 'a' | 'b'): void {
    const held = new Set(this.hosts.get(id)?.image === image ? this.hosts.get(id)?.held : []);
    this.hosts.delete(id);
    for (const key of ['a', 'b'] as const) {
      this.scheduler.addImage(key, { length: CHUNKS, id: (chunk) => `${nameOf(key, chunk)}` });
    }
    const bits = new Uint8Array(CHUNKS / 8);
    for (const chunk of held) bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
    this.scheduler.join(
      { peer: id, image, held: bits, groups: [], serves: true, ringChunks: RING },
      this.now,
    );
    this.hosts.set(id, { image, held, assigned: new Map(), got: [], memoryOnly: false });
  }

  take(id: string, host: Known, room: number): number {
    const given = this.scheduler.take(id, room, this.now);
    assert.ok(given.length <= room);
    for (const { chunk, sources } of given) {
      assert.ok(chunk < CHUNKS && !host.held.has(chunk), 'it has the chunk');
      assert.ok(!host.assigned.has(chunk), 'it was given the chunk before');
      host.assigned.set(chunk, sources[0]);
      assert.equal(sources.at(-1), null, 'the server is the last resort');
      assert.equal(new Set(sources).size, sources.length);
      for (const source of sources.slice(0, -1)) this.#isHolder(id, source, nameOf(host.image, chunk));
    }
    return given.length;
  }

  finish(id: string, host: Known, count: number): void {
    const done = [...host.assigned].slice(0, count).map(([chunk, from]) => {
      host.assigned.delete(chunk);
      host.held.add(chunk);
      host.got.push(chunk);
      return { chunk, from, bytes: 1, ms: 1 };
    });
    this.now += 10;
    this.scheduler.report(id, { done, failed: [] }, this.now);
    assert.equal(this.scheduler.left(id), CHUNKS - host.held.size);
  }

  /** Everybody is well from here on: all get all. */
  settle(): void {
    for (let turn = 0; turn < 2000; turn++) {
      let left = 0;
      this.now += 50;
      for (const [id, host] of this.hosts) {
        this.take(id, host, 8);
        this.finish(id, host, 8);
        left += CHUNKS - host.held.size;
      }
      if (left === 0) return;
    }
    assert.fail('somebody does not get his chunks');
  }

  #isHolder(asker: string, source: SourceId, name: number): void {
    const holder = this.hosts.get(source ?? '');
    assert.ok(holder !== undefined && source !== asker, 'it is sent to nobody, or to itself');
    assert.ok(holder.held.has(name - IMAGES[holder.image]), 'it is sent to who does not have it');
    if (!holder.memoryOnly) return;
    const ring = holder.got.slice(-RING);
    assert.ok(ring.includes(name - IMAGES[holder.image]), 'it is sent to who does not have it in memory');
  }
}

suite('whatever hosts do', () => {
  test('nobody gets what he has, nobody is sent to who has it not, and everybody comes to an end', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        const room = new Room();
        for (const act of commands) room.do(act);
        room.settle();
        for (const id of room.hosts.keys()) {
          assert.equal(room.scheduler.needs(id), false);
          assert.equal(room.scheduler.left(id), 0);
        }
      }),
      { numRuns: 250 },
    );
  });
});
