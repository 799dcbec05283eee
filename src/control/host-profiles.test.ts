import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShareReading } from '../personalise/index.ts';
import { HostProfiles } from './host-profiles.ts';

test('many that look at the same time share a look, which began after they asked; a failed one fails nobody else', async () => {
  const reads: PromiseWithResolvers<ShareReading>[] = [];
  const read = (): Promise<ShareReading> => {
    const one = Promise.withResolvers<ShareReading>();
    reads.push(one);
    return one.promise;
  };
  const profiles = new HostProfiles({ read }, '/share');
  const first = profiles.look();
  const others = [profiles.look(), profiles.look(), profiles.look()];
  assert.equal(reads.length, 1);
  reads[0]?.reject(new Error('spoilt'));
  await assert.rejects(first, /spoilt/);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(reads.length, 2);
  reads[1]?.resolve({} as ShareReading);
  assert.equal(new Set(await Promise.all(others)).size, 1);
  const last = profiles.look();
  assert.equal(reads.length, 3);
  reads[2]?.resolve({} as ShareReading);
  await last;
});
