import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLE_MS, SwarmBook } from './swarm-book.ts';

test('who had how much from whom adds up, by order', () => {
  const book = new SwarmBook();
  book.record('d-1', { from: null, to: 'a', bytes: 100 }, 0);
  book.record('d-1', { from: 'a', to: 'b', bytes: 60 }, 0);
  book.record('d-1', { from: 'a', to: 'b', bytes: 40 }, 0);
  book.record('d-2', { from: null, to: 'b', bytes: 7 }, 0);
  const traffic = book.traffic('d-1', 0);
  assert.deepEqual([traffic.serverBytes, traffic.peerBytes], [100, 100]);
  assert.deepEqual(traffic.flows, [
    { from: null, to: 'a', bytes: 100, chunks: 1 },
    { from: 'a', to: 'b', bytes: 100, chunks: 2 },
  ]);
  assert.deepEqual(
    traffic.hosts.map(({ hostId, fromServer, fromPeers, sent }) => [hostId, fromServer, fromPeers, sent]),
    [
      ['a', 100, 0, 100],
      ['b', 0, 100, 0],
    ],
  );
  assert.deepEqual(book.traffic('d-3', 0).flows, []);
});

test('a host’s rate over time has a number for each slice, also for those in which nothing came', () => {
  const book = new SwarmBook();
  const record = (bytes: number, slice: number): void =>
    book.record('d', { from: null, to: 'a', bytes }, slice * SAMPLE_MS + 1);
  record(SAMPLE_MS, 10);
  record(SAMPLE_MS, 10);
  record(SAMPLE_MS, 13);
  const rates = (slice: number) => book.traffic('d', slice * SAMPLE_MS + 5).hosts[0]?.rates;
  assert.deepEqual(rates(13), [2000, 0, 0, 1000]);
  assert.deepEqual(rates(15), [2000, 0, 0, 1000, 0, 0]);
  assert.equal(rates(100_000)?.length, 300);
  assert.ok(rates(100_000)?.every((rate) => rate === 0));
});

test('what is remarked on a host is told with its order, once', () => {
  const book = new SwarmBook();
  const lies = { hostId: 'a', words: 'it lies' };
  for (const remark of [lies, lies, { hostId: 'b', words: 'it lies' }]) book.remark('d-1', remark);
  assert.deepEqual(book.traffic('d-1', 0).remarks, [lies, { hostId: 'b', words: 'it lies' }]);
  assert.deepEqual(book.traffic('d-2', 0).remarks, []);
});

test('old orders are forgotten, the newest are not', () => {
  const book = new SwarmBook();
  for (let i = 0; i < 30; i++) book.record(`d-${i}`, { from: null, to: 'a', bytes: 1 }, 0);
  assert.equal(book.traffic('d-0', 0).serverBytes, 0);
  assert.equal(book.traffic('d-29', 0).serverBytes, 1);
});
