import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Scheduler } from './scheduler.ts';
import { seeded } from './simulation/seeded.ts';
import type { Done, FailureWhy } from './types.ts';

const CHUNKS = 512;

/** Sources that hold everything, and askers that hold nothing. */
function lab(sources: readonly string[], askers: readonly string[]): Scheduler {
  const scheduler = new Scheduler({ random: seeded(3) });
  scheduler.addImage('a', { length: CHUNKS, id: (i) => `chunk ${i}` });
  const join = (peer: string, byte: number): void => {
    const held = new Uint8Array(CHUNKS / 8).fill(byte);
    scheduler.join({ peer, image: 'a', held, groups: [], serves: true, ringChunks: 9 }, 0);
  };
  for (const peer of sources) join(peer, 255);
  for (const peer of askers) join(peer, 0);
  return scheduler;
}

/** Asks for chunks until one of this source's is assigned to it; its number. */
function wait(scheduler: Scheduler, by: string, from: string): number {
  const others: Done[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const [{ chunk, sources } = { chunk: -1, sources: [] }] = scheduler.take(by, 1, 1);
    if (chunk >= 0 && sources[0] !== from) others.push({ chunk, from: null, bytes: 1, ms: 1 });
    else scheduler.report(by, { done: others.splice(0), failed: [] }, 1);
    if (chunk >= 0 && sources[0] === from) return chunk;
  }
  return assert.fail(`${by} is not sent to ${from}`);
}

/** Complains of so many chunks that it was sent to `from` for; their numbers. */
function complain(scheduler: Scheduler, by: string, from: string, why: FailureWhy, count = 1): number[] {
  return Array.from({ length: count }, () => {
    const chunk = wait(scheduler, by, from);
    const done = [{ chunk, from: null, bytes: 1, ms: 1 }];
    scheduler.report(by, { done, failed: [{ chunk, from, why }] }, 1);
    return chunk;
  });
}

/** Whom a host is sent to when it asks for a lot. */
function sentTo(scheduler: Scheduler, asker: string, now = 2): Set<string | null> {
  return new Set(scheduler.take(asker, 64, now).map(({ sources }) => sources[0]));
}

suite('who is believed', () => {
  test('two that got wrong bytes are enough to ask a host no more', () => {
    const scheduler = lab(['liar'], ['x', 'y', 'z']);
    complain(scheduler, 'x', 'liar', 'wrong', 2);
    assert.ok(!sentTo(scheduler, 'x').has('liar'), 'who has seen it twice asks others');
    assert.ok(sentTo(scheduler, 'z').has('liar'));
    assert.deepEqual(scheduler.verdicts(), []);
    complain(scheduler, 'y', 'liar', 'wrong');
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'liar', what: 'wrong', accusers: 2 }]);
    assert.ok(!sentTo(scheduler, 'y').has('liar'));
    assert.deepEqual(scheduler.verdicts(), [], 'it is said once');
  });

  test('a bit that has flipped in the memory of an honest host reaches several, and is forgiven', () => {
    const scheduler = new Scheduler({ random: seeded(3) });
    scheduler.addImage('a', { length: 2, id: (i) => `chunk ${i}` });
    const facts = { image: 'a', groups: [], serves: true, ringChunks: 9 };
    scheduler.join({ ...facts, peer: 'unlucky', held: Uint8Array.of(3) }, 0);
    for (const peer of ['x', 'y']) scheduler.join({ ...facts, peer, held: new Uint8Array(1) }, 0);
    assert.equal(scheduler.take('x', 2, 0).length, 2);
    const [{ chunk } = { chunk: -1 }] = scheduler.take('y', 1, 0);
    const flipped = [{ chunk, from: 'unlucky', why: 'wrong' as const }];
    for (const by of ['x', 'y']) scheduler.report(by, { done: [], failed: flipped }, 1);
    assert.deepEqual(scheduler.verdicts(), []);
    const second = [{ chunk: 1 - chunk, from: 'unlucky', why: 'wrong' as const }];
    scheduler.report('x', { done: [], failed: second }, 1);
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'unlucky', what: 'wrong', accusers: 2 }]);
  });

  test('one that accuses everybody is not believed any more', () => {
    const honest = ['a', 'b', 'c', 'd', 'e', 'f'];
    const scheduler = lab(honest, ['slanderer', 'unlucky', 'asker']);
    complain(scheduler, 'unlucky', 'a', 'wrong', 2);
    for (const from of honest) complain(scheduler, 'slanderer', from, 'wrong');
    const asked = [...sentTo(scheduler, 'asker'), ...sentTo(scheduler, 'unlucky')];
    assert.ok(asked.includes('a') && asked.includes('b'), `only ${asked.join()} are asked`);
  });

  test('a host is heard only about what it was told to fetch', () => {
    const honest = ['a', 'b', 'c', 'd', 'e', 'f'];
    const askers = ['x', 'y', 'z'];
    const scheduler = lab(honest, askers);
    for (const why of ['wrong', 'gone', 'silent', 'unreachable'] as const) {
      for (const by of askers) {
        const told = new Map(scheduler.take(by, 8, 1).map(({ chunk, sources }) => [chunk, sources]));
        const failed = Array.from({ length: CHUNKS }, (_, chunk) =>
          honest.flatMap((from) => (told.get(chunk)?.includes(from) ? [] : [{ chunk, from, why }])),
        ).flat();
        const done = [...told.keys()].map((chunk) => ({ chunk, from: null, bytes: 1, ms: 1 }));
        scheduler.report(by, { done, failed }, 1);
      }
    }
    assert.deepEqual(scheduler.verdicts(), []);
    const asked = askers.flatMap((by) => [...sentTo(scheduler, by, 1)]);
    for (const from of honest) assert.ok(asked.includes(from), `${from} is asked no more`);
  });

  test('a host that has started anew is not blamed for what it was before', () => {
    const askers = ['x', 'y', 'z'];
    const scheduler = lab(['back', 'well'], askers);
    const asked = askers.map((by) => ({ by, chunk: wait(scheduler, by, 'back') }));
    const held = new Uint8Array(CHUNKS / 8).fill(255);
    scheduler.join({ peer: 'back', image: 'a', held, groups: [], serves: true, ringChunks: 9 }, 1);
    for (const { by, chunk } of asked)
      scheduler.report(by, { done: [], failed: [{ chunk, from: 'back', why: 'unreachable' }] }, 1);
    assert.deepEqual(scheduler.verdicts(), []);
    assert.ok(sentTo(scheduler, 'x', 1).has('back'));
  });

  test('nobody becomes beyond reproach by the word of one that was not sent to it', () => {
    const scheduler = lab(['deaf', 'well'], ['x', 'y', 'z', 'friend']);
    const [{ chunk } = { chunk: -1 }] = scheduler.take('friend', 1, 1);
    const unasked = chunk === 0 ? 1 : 0;
    scheduler.report('friend', { done: [{ chunk: unasked, from: 'deaf', bytes: 1, ms: 1 }], failed: [] }, 1);
    for (const by of ['x', 'y', 'z']) complain(scheduler, by, 'deaf', 'unreachable');
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'deaf', what: 'unreachable', accusers: 3 }]);
  });

  test('one that joins again and again with other lists costs the others nothing', () => {
    const scheduler = lab(['source'], ['asker']);
    const facts = { held: new Uint8Array(1), groups: [], serves: true, ringChunks: 9 };
    for (let i = 0; i < 100; i++) {
      scheduler.addImage(`odd ${i}`, { length: 8, id: (chunk) => `odd ${chunk}` });
      scheduler.join({ ...facts, peer: 'liar', image: `odd ${i}` }, 1);
    }
    assert.throws(() => scheduler.join({ ...facts, peer: 'liar', image: 'odd 0' }, 1), RangeError);
    assert.ok(sentTo(scheduler, 'asker', 1).has('source'));
  });

  test('one that misses chunks everywhere does not make the server send them all again', () => {
    const scheduler = new Scheduler({ random: seeded(3) });
    scheduler.addImage('a', { length: 48, id: (i) => `chunk ${i}` });
    const facts = { image: 'a', groups: [], serves: true, ringChunks: 9 };
    for (let host = 0; host < 6; host++) {
      const held = new Uint8Array(6);
      held[host] = 255;
      scheduler.join({ ...facts, peer: `h${host}`, held }, 0);
    }
    const nothing = new Uint8Array(6);
    scheduler.join({ ...facts, peer: 'liar', held: nothing, serves: false }, 0);
    scheduler.join({ ...facts, peer: 'asker', held: nothing }, 0);
    const all = (peer: string, why: FailureWhy | null): Set<string | null> => {
      const from = new Set<string | null>();
      for (let now = 1; scheduler.left(peer) > 0; now += 100) {
        for (const { chunk, sources } of scheduler.take(peer, 1, now)) {
          const failed = why === null ? [] : [{ chunk, from: sources[0], why }];
          scheduler.report(peer, { done: [{ chunk, from: null, bytes: 1, ms: 1 }], failed }, now);
          from.add(sources[0]);
        }
      }
      return from;
    };
    assert.equal(all('liar', 'gone').size, 6);
    assert.ok(all('asker', null).size >= 4, 'nearly nobody is believed to have anything');
  });

  test('who is reached by nobody is not asked, who reaches nobody is served by the server', () => {
    const scheduler = lab(['deaf', 'well', 'fine'], ['x', 'y', 'z', 'mute']);
    for (const by of ['x', 'y', 'z']) {
      const chunk = wait(scheduler, by, 'well');
      scheduler.report(by, { done: [{ chunk, from: 'well', bytes: 1, ms: 1 }], failed: [] }, 1);
      complain(scheduler, by, 'deaf', 'unreachable');
    }
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'deaf', what: 'unreachable', accusers: 3 }]);
    assert.ok(!sentTo(scheduler, 'mute').has('deaf'));
    const others = lab(['one', 'two', 'three'], ['x', 'mute']);
    const failed = others.take('mute', 64, 1).map(({ chunk, sources }) => {
      return { chunk, from: sources[0], why: 'unreachable' as const };
    });
    others.report('mute', { done: [], failed }, 1);
    assert.equal(new Set(failed.map(({ from }) => from)).size, 3);
    others.tick(20_000);
    others.reconcile('mute', []);
    assert.deepEqual(sentTo(others, 'mute', 20_000), new Set([null]));
    assert.ok(sentTo(others, 'x', 20_000).has('one'), 'what the mute one says of others counts little');
  });

  test('a host that is silent rests, and is asked again', () => {
    const scheduler = lab(['silent'], ['x']);
    complain(scheduler, 'x', 'silent', 'silent');
    assert.ok(!sentTo(scheduler, 'x', 2).has('silent'));
    scheduler.tick(30_000);
    scheduler.reconcile('x', []);
    assert.ok(sentTo(scheduler, 'x', 30_000).has('silent'));
  });

  test('a chunk that a host has no more is looked for elsewhere', () => {
    const scheduler = lab(['one', 'other'], ['x', 'y']);
    const [gone = -1] = complain(scheduler, 'x', 'one', 'gone');
    for (let now = 2; scheduler.left('y') > 0; now++) {
      const given = scheduler.take('y', 8, now);
      for (const { chunk, sources } of given) if (chunk === gone) assert.ok(!sources.includes('one'));
      const done = given.map(({ chunk, sources }) => ({ chunk, from: sources[0], bytes: 1, ms: 1 }));
      scheduler.report('y', { done, failed: [] }, now);
    }
  });
});

suite('who is waited for', () => {
  /** Reports that every chunk of `peer` came after `ms`, again and again until `until`. */
  function work(scheduler: Scheduler, peer: string, ms: number, until: number): void {
    for (let now = 0; now < until; now += ms) {
      const given = scheduler.take(peer, 3, now);
      const done = given.map(({ chunk, sources }) => ({ chunk, from: sources[0], bytes: 1, ms }));
      scheduler.report(peer, { done, failed: [] }, now + ms);
    }
  }

  test('a host that is much slower than the others is named, and no source', () => {
    const scheduler = lab(['source'], ['quick', 'swift', 'slow']);
    for (const peer of ['quick', 'swift']) work(scheduler, peer, 100, 1900);
    work(scheduler, 'slow', 4000, 9000);
    scheduler.tick(13_000);
    assert.ok(scheduler.verdicts().some(({ peer, what }) => peer === 'slow' && what === 'slow'));
  });

  test('a host that says nothing is not counted on', () => {
    const scheduler = lab([], ['mute', 'well']);
    const [{ chunk } = { chunk: -1 }] = scheduler.take('mute', 2, 0);
    assert.equal(scheduler.take('mute', 1, 0).length, 0, 'it has more to do');
    const soon = { done: [{ chunk, from: null, bytes: 1, ms: 1 }], failed: [] };
    scheduler.report('mute', soon, 100);
    assert.equal(scheduler.take('mute', 1, 100).length, 1);
    const sources = (now: number): (string | null)[] =>
      Array.from({ length: 6 }, () => scheduler.take('well', 1, now)).flatMap((given) => {
        const done = given.map((one) => ({ chunk: one.chunk, from: one.sources[0], bytes: 1, ms: 1 }));
        scheduler.report('well', { done, failed: [] }, now);
        return given.flatMap((one) => (one.chunk === chunk ? one.sources[0] : []));
      });
    assert.deepEqual(sources(8000), [null], 'what only it has comes from the server');
  });
});
