import assert from 'node:assert/strict';
import test from 'node:test';
import { pairKey, sealPairKey } from '../swarm/index.ts';
import { PairKeys } from './pair-keys.ts';

const asker = { secret: Buffer.alloc(32, 1), address: '10.1.2.3' };
const source = (hostId: string) => ({ hostId, secret: Buffer.alloc(32, hostId) });

test('a key is for one host that asks and one that serves, and holds for two to four minutes', () => {
  for (const now of [0, 1, 59_999, 120_000, 120_001, 1_795_440_122_218]) {
    const { key, expires } = new PairKeys(asker).for(source('a'), now);
    assert.ok(expires - now >= 120_000 && expires - now <= 240_000, `${expires - now} ms`);
    const opened = sealPairKey(asker.secret, 'a', expires, Buffer.from(key, 'base64url'));
    assert.deepEqual(opened, pairKey(source('a').secret, { address: '10.1.2.3', expires }));
  }
});

test('each pair has one key for a while; who joined anew has another', () => {
  const keys = new PairKeys(asker);
  const [a, b] = [source('a'), source('b')];
  const first = keys.for(a, 1000);
  assert.equal(keys.for(a, 119_000), first);
  assert.notEqual(keys.for(b, 1000).key, first.key);
  assert.notEqual(keys.for({ ...a, secret: Buffer.alloc(32, 7) }, 1000).key, first.key);
  assert.notEqual(keys.for(a, 130_000).key, first.key, 'its time is another');
});

test('keys of thousands of neighbours are not all kept', () => {
  const keys = new PairKeys(asker);
  const a = source('a');
  const first = keys.for(a, 1000);
  for (let i = 0; i < 1000; i++) keys.for(source(`h-${i}`), 1000);
  assert.notEqual(keys.for(a, 1000), first);
  assert.deepEqual(keys.for(a, 1000), first);
});
