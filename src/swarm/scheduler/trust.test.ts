import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Scheduler } from './scheduler.ts';
import { seeded } from './simulation/seeded.ts';
import type { FailureWhy } from './types.ts';

const CHUNKS = 64;

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

function complain(scheduler: Scheduler, by: string, from: string, why: FailureWhy, chunk = 0, now = 1): void {
  scheduler.report(by, { done: [], failed: [{ chunk, from, why }] }, now);
}

/** Whom a host is sent to when it asks for a lot. */
function sentTo(scheduler: Scheduler, asker: string, now = 2): Set<string | null> {
  return new Set(scheduler.take(asker, 64, now).map(({ sources }) => sources[0]));
}

suite('who is believed', () => {
  test('two that got wrong bytes are enough to ask a host no more', () => {
    const scheduler = lab(['liar'], ['x', 'y', 'z']);
    complain(scheduler, 'x', 'liar', 'wrong', 1);
    complain(scheduler, 'x', 'liar', 'wrong', 2);
    assert.ok(!sentTo(scheduler, 'x').has('liar'), 'who has seen it twice asks others');
    assert.ok(sentTo(scheduler, 'z').has('liar'));
    assert.deepEqual(scheduler.verdicts(), []);
    complain(scheduler, 'y', 'liar', 'wrong', 3);
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'liar', what: 'wrong', accusers: 2 }]);
    assert.ok(!sentTo(scheduler, 'y').has('liar'));
    assert.deepEqual(scheduler.verdicts(), [], 'it is said once');
  });

  test('one that accuses everybody is not believed any more', () => {
    const honest = ['a', 'b', 'c', 'd', 'e', 'f'];
    const scheduler = lab(honest, ['slanderer', 'unlucky', 'asker']);
    complain(scheduler, 'unlucky', 'a', 'wrong');
    for (const from of honest) complain(scheduler, 'slanderer', from, 'wrong');
    const asked = [...sentTo(scheduler, 'asker'), ...sentTo(scheduler, 'unlucky')];
    assert.ok(asked.includes('a') && asked.includes('b'), `only ${asked.join()} are asked`);
  });

  test('who is reached by nobody is not asked, who reaches nobody is served by the server', () => {
    const scheduler = lab(['deaf', 'well', 'fine'], ['x', 'y', 'z', 'mute']);
    for (const by of ['x', 'y', 'z']) {
      scheduler.report(by, { done: [{ chunk: 9, from: 'well', bytes: 1, ms: 1 }], failed: [] }, 1);
      complain(scheduler, by, 'deaf', 'unreachable');
    }
    assert.deepEqual(scheduler.verdicts(), [{ peer: 'deaf', what: 'unreachable', accusers: 3 }]);
    assert.ok(!sentTo(scheduler, 'mute').has('deaf'));
    for (const from of ['deaf', 'well', 'fine']) complain(scheduler, 'mute', from, 'unreachable');
    scheduler.reconcile('mute', []);
    scheduler.tick(20_000);
    scheduler.reconcile('mute', []);
    assert.deepEqual(sentTo(scheduler, 'mute', 20_000), new Set([null]));
    assert.ok(sentTo(scheduler, 'x').has('well'), 'what the mute one says of others counts little');
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
    complain(scheduler, 'x', 'one', 'gone', 5);
    const assigned = Array.from({ length: 20 }, () => scheduler.take('y', 8, 2)).flat();
    for (const { chunk, sources } of assigned) if (chunk === 5) assert.ok(!sources.includes('one'));
    const { chunk: five } = scheduler.take('x', 64, 2).find(({ chunk }) => chunk === 5) ?? { chunk: 5 };
    assert.equal(five, 5);
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
});
