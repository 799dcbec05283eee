import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Scheduler } from './scheduler.ts';
import { seeded } from './simulation/seeded.ts';
import type { Assignment, JoinFacts } from './types.ts';

const list = (...names: string[]) => ({ length: names.length, id: (i: number) => names[i] ?? '' });
const numbers = (count: number) => list(...Array.from({ length: count }, (_, i) => `chunk ${i}`));

function facts(peer: string, more: Partial<JoinFacts> = {}): JoinFacts {
  return {
    ...{ peer, image: 'a', held: new Uint8Array(0), groups: [], serves: true, ringChunks: 256 },
    ...more,
  };
}

const bits = (...chunks: number[]): Uint8Array => {
  const bitmap = new Uint8Array(64);
  for (const chunk of chunks) bitmap[chunk >> 3] = (bitmap[chunk >> 3] ?? 0) | (1 << (chunk & 7));
  return bitmap;
};

const all = (count: number): Uint8Array => bits(...Array.from({ length: count }, (_, i) => i));

function newScheduler(chunks = 8): Scheduler {
  const scheduler = new Scheduler({ random: seeded(1) });
  scheduler.addImage('a', numbers(chunks));
  return scheduler;
}

const sourcesOf = (given: readonly Assignment[]): (string | null)[] => given.map(({ sources }) => sources[0]);

function finish(scheduler: Scheduler, peer: string, given: readonly Assignment[], now: number): void {
  const done = given.map(({ chunk, sources }) => ({ chunk, from: sources[0], bytes: 1, ms: 1 }));
  scheduler.report(peer, { done, failed: [] }, now);
}

suite('who fetches what from whom', () => {
  test('each chunk leaves the server once while somebody can pass it on', () => {
    const scheduler = newScheduler(100);
    for (const peer of ['x', 'y', 'z']) scheduler.join(facts(peer), 0);
    const sent = ['x', 'y', 'z', 'x', 'y', 'z'].flatMap((peer) => scheduler.take(peer, 8, 0));
    assert.deepEqual(sourcesOf(sent), Array(sent.length).fill(null));
    assert.equal(new Set(sent.map(({ chunk }) => chunk)).size, sent.length);
  });

  test('the server is not asked for more at a time than its line takes', () => {
    const scheduler = newScheduler(100);
    const peers = Array.from({ length: 30 }, (_, i) => `peer ${i}`);
    for (const peer of peers) scheduler.join(facts(peer), 0);
    const sent = peers.flatMap((peer) => scheduler.take(peer, 8, 0));
    assert.ok(sent.length >= 2 && sent.length <= 3, `${sent.length} at a time`);
  });

  test('hosts that pass nothing on get one at a time while there is something new for the others', () => {
    const scheduler = newScheduler(100);
    scheduler.join(facts('x'), 0);
    const idle = ['p', 'q', 'r'];
    for (const peer of idle) scheduler.join(facts(peer, { serves: false }), 0);
    assert.deepEqual(
      idle.flatMap((peer) => scheduler.take(peer, 8, 10)),
      [],
    );
    const sent = idle.flatMap((peer) => scheduler.take(peer, 8, 2000));
    assert.deepEqual(sourcesOf(sent), [null]);
  });

  test('a chunk that somebody holds comes from there, with the server as the last resort', () => {
    const scheduler = newScheduler();
    scheduler.join(facts('x', { held: all(8) }), 0);
    scheduler.join(facts('y'), 0);
    const given = scheduler.take('y', 2, 0);
    assert.equal(given.length, 2);
    for (const { sources } of given) assert.deepEqual(sources, ['x', null]);
  });

  test('nobody is given more than there is room for, nor what he has', () => {
    const scheduler = newScheduler(16);
    scheduler.join(facts('x', { held: all(16) }), 0);
    scheduler.join(facts('y', { held: bits(0, 2, 4) }), 0);
    const given = scheduler.take('y', 3, 0);
    assert.equal(given.length, 3);
    for (const { chunk } of given) assert.ok(![0, 2, 4].includes(chunk));
    assert.deepEqual(scheduler.take('y', 0, 0), []);
  });

  test('two images share the chunks that they have in common', () => {
    const scheduler = new Scheduler({ random: seeded(1) });
    scheduler.addImage('a', list('same', 'one'));
    scheduler.addImage('b', list('two', 'other', 'same'));
    scheduler.join(facts('x', { held: all(2) }), 0);
    scheduler.join(facts('y', { image: 'b' }), 0);
    const given = scheduler.take('y', 8, 0);
    assert.deepEqual(given.find(({ chunk }) => chunk === 2)?.sources, ['x', null]);
    assert.deepEqual(given.find(({ chunk }) => chunk === 0)?.sources, [null]);
  });

  test('an image that comes later shares what hosts of another one have by then', () => {
    const scheduler = new Scheduler({ random: seeded(1) });
    scheduler.addImage('a', list('same', 'one'));
    scheduler.join(facts('x', { held: all(2) }), 0);
    scheduler.addImage('b', list('two', 'other', 'same'));
    scheduler.join(facts('y', { image: 'b' }), 0);
    const given = [0, 1, 2].flatMap((now) => {
      const some = scheduler.take('y', 1, now);
      finish(scheduler, 'y', some, now);
      return some;
    });
    assert.deepEqual(given.find(({ chunk }) => chunk === 2)?.sources, ['x', null]);
  });

  test('what is in memory comes before what has to be read from a disk', () => {
    const scheduler = newScheduler(1);
    for (const peer of ['cold', 'cool', 'icy']) scheduler.join(facts(peer, { held: all(1) }), 0);
    scheduler.join(facts('warm'), 0);
    finish(scheduler, 'warm', scheduler.take('warm', 1, 0), 1);
    scheduler.join(facts('asker'), 2);
    assert.deepEqual(sourcesOf(scheduler.take('asker', 1, 2)), ['warm']);
  });

  test('a host that serves from memory only is asked for nothing else', () => {
    const scheduler = newScheduler(2);
    scheduler.join(facts('x', { held: bits(0) }), 0);
    finish(scheduler, 'x', scheduler.take('x', 1, 0), 1);
    scheduler.memoryOnly('x');
    scheduler.join(facts('y'), 2);
    const given = scheduler.take('y', 2, 2);
    assert.deepEqual(given.find(({ chunk }) => chunk === 1)?.sources, ['x', null]);
    assert.deepEqual(given.find(({ chunk }) => chunk === 0)?.sources, [null]);
  });
});

suite('places', () => {
  const near = ['net', 'room 1'];
  const far = ['net', 'room 2'];

  test('who is near comes first', () => {
    const scheduler = newScheduler(1);
    for (const peer of ['f1', 'f2', 'f3']) scheduler.join(facts(peer, { held: all(1), groups: far }), 0);
    scheduler.join(facts('near', { held: all(1), groups: near }), 0);
    scheduler.join(facts('asker', { groups: near }), 0);
    assert.deepEqual(scheduler.take('asker', 1, 0)[0]?.sources, ['near', null]);
  });

  test('what a neighbour is fetching from afar is not fetched from there again', () => {
    const scheduler = newScheduler(1);
    scheduler.join(facts('far', { held: all(1), groups: far }), 0);
    scheduler.join(facts('one', { groups: near }), 0);
    scheduler.join(facts('other', { groups: near }), 0);
    const given = scheduler.take('one', 1, 0);
    assert.deepEqual(sourcesOf(given), ['far']);
    assert.ok(!sourcesOf(scheduler.take('other', 1, 1)).includes('far'));
    scheduler.join(facts('third', { groups: near }), 1);
    finish(scheduler, 'one', given, 2);
    assert.deepEqual(sourcesOf(scheduler.take('third', 1, 3)), ['one']);
  });
});

suite('hosts that go', () => {
  test('what only a host had is sent by the server again', () => {
    const scheduler = newScheduler(100);
    for (const peer of ['x', 'y']) scheduler.join(facts(peer), 0);
    finish(scheduler, 'x', scheduler.take('x', 1, 0), 1);
    assert.deepEqual(
      scheduler.take('y', 1, 2).map(({ chunk }) => chunk),
      [1],
    );
    scheduler.leave('x');
    scheduler.join(facts('z'), 3);
    assert.deepEqual(scheduler.take('z', 1, 4), [{ chunk: 0, sources: [null] }]);
  });

  test('a chunk that does not arrive is not waited for', () => {
    const scheduler = newScheduler(100);
    for (const peer of ['x', 'y']) scheduler.join(facts(peer), 0);
    assert.deepEqual(scheduler.take('x', 1, 0), [{ chunk: 0, sources: [null] }]);
    const after = (now: number): number[] => {
      scheduler.report('x', { done: [], failed: [] }, now);
      const given = scheduler.take('y', 1, now);
      finish(scheduler, 'y', given, now);
      return given.map(({ chunk }) => chunk);
    };
    assert.deepEqual(after(1000), [1]);
    assert.deepEqual(after(20_000), [0]);
  });

  test('a host that was started again is asked for what it says now', () => {
    const scheduler = newScheduler(2);
    scheduler.join(facts('x', { held: bits(0, 1) }), 0);
    scheduler.join(facts('x', { held: bits(1) }), 1);
    assert.equal(scheduler.left('x'), 1);
    scheduler.join(facts('y'), 2);
    const given = scheduler.take('y', 2, 2);
    assert.deepEqual(given.find(({ chunk }) => chunk === 1)?.sources, ['x', null]);
    assert.deepEqual(given.find(({ chunk }) => chunk === 0)?.sources, [null]);
  });

  test('a host that goes in the middle leaves no turns taken', () => {
    const scheduler = newScheduler(100);
    scheduler.join(facts('source', { held: all(100) }), 0);
    scheduler.join(facts('asker'), 0);
    const turns = scheduler.take('asker', 64, 0).length;
    assert.ok(turns > 2);
    for (let life = 1; life < 9; life++) {
      if (life % 2 === 0) scheduler.leave('asker');
      scheduler.join(facts('asker'), life);
      assert.equal(scheduler.take('asker', 64, life).length, turns);
    }
  });

  test('assignments that got lost are given out again, those on their way are not', () => {
    const scheduler = newScheduler(1);
    scheduler.join(facts('x'), 0);
    assert.equal(scheduler.take('x', 1, 0).length, 1);
    scheduler.tick(1000);
    scheduler.reconcile('x', []);
    assert.deepEqual(scheduler.take('x', 1, 1000), []);
    scheduler.tick(10_000);
    scheduler.reconcile('x', [0]);
    assert.deepEqual(scheduler.take('x', 1, 10_000), []);
    scheduler.reconcile('x', []);
    assert.equal(scheduler.take('x', 1, 10_000).length, 1);
  });

  test('when all have gone, nothing is remembered', () => {
    const scheduler = newScheduler(1);
    scheduler.join(facts('x'), 0);
    scheduler.leave('x');
    assert.throws(() => scheduler.join(facts('x'), 1), /no image a/);
  });

  test('few enough stay for those that are late', () => {
    const scheduler = newScheduler(1);
    const complete = Array.from({ length: 10 }, (_, i) => `done ${i}`);
    for (const peer of complete) scheduler.join(facts(peer, { held: all(1) }), 0);
    assert.ok(!complete.some((peer) => scheduler.needs(peer)));
    scheduler.join(facts('late'), 0);
    const staying = complete.filter((peer) => scheduler.needs(peer));
    assert.ok(staying.length >= 1 && staying.length <= 4, `${staying.length} stay`);
    assert.equal(scheduler.needs('late'), false);
  });

  test('beyond a slow cable those who have everything stay for their own neighbours only', () => {
    const scheduler = newScheduler(400);
    const peers = ['n1', 'n2', 'n3', 'f1', 'f2', 'f3'];
    for (const peer of peers) scheduler.join(facts(peer, { groups: [peer.slice(0, 1)] }), 0);
    // Near ones are done with a chunk within 100 ms, far ones after four seconds.
    const under = new Map<string, { since: number; given: readonly Assignment[] }>();
    for (let now = 0; now < 60_000; now += 100) {
      for (const peer of peers) {
        const work = under.get(peer);
        if (work !== undefined && now - work.since < (peer.startsWith('f') ? 4000 : 100)) continue;
        finish(scheduler, peer, work?.given ?? [], now);
        under.set(peer, { since: now, given: scheduler.take(peer, 2, now) });
      }
    }
    assert.ok(!['n1', 'n2', 'n3'].some((peer) => scheduler.left(peer) > 0));
    for (const peer of ['n1', 'f1']) scheduler.leave(peer);
    scheduler.join(facts('f1', { groups: ['f'], held: all(400) }), 60_000);
    scheduler.tick(60_300);
    assert.ok(scheduler.needs('f1'), 'the others beyond the cable still need it');
    for (const peer of ['f2', 'f3']) scheduler.leave(peer);
    scheduler.join(facts('n1', { groups: ['n'] }), 61_000);
    assert.equal(scheduler.needs('n2'), true);
  });
});
