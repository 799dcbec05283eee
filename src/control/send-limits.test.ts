import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from '../clock.ts';
import type { NetworkUse } from '../deployment/index.ts';
import { SendLimits } from './send-limits.ts';

/** A clock on which waiting is all that takes time. */
function patientClock(): Clock & { ms: number } {
  return {
    ...systemClock,
    ms: 1000,
    monotonic() {
      return this.ms;
    },
    delay(ms) {
      this.ms += ms;
      return Promise.resolve();
    },
  };
}

function limitsOf(clock: Clock, network: Partial<NetworkUse>): SendLimits {
  const row = { id: 'd', kind: 'deploy' as const, ordered_by: '', created_at: 0, opens_until: null };
  const use = { limit: null, hostLimit: null, lingerSeconds: 60, ...network };
  return new SendLimits({ tasks: { deployment: async () => ({ ...row, network: use }) }, clock });
}

const lives = new AbortController().signal;
const taskOf = (host: string) => ({ deployment_id: 'd', host_id: host });

test('an order without limits is not held back', async () => {
  assert.equal(await limitsOf(systemClock, {}).turnFor(taskOf('a')), null);
});

test('all hosts of an order share its limit', async () => {
  const clock = patientClock();
  const limits = limitsOf(clock, { limit: 1_000_000 });
  for (let i = 0; i < 20; i++) await (await limits.turnFor(taskOf(`h-${i % 4}`)))?.(100_000, lives);
  // Two million bytes at one million a second; what goes last is paid for by who comes next.
  assert.ok(clock.ms - 1000 > 1800 && clock.ms - 1000 <= 2000, `${clock.ms}`);
});

test('each host has its own limit', async () => {
  const clock = patientClock();
  const limits = limitsOf(clock, { hostLimit: 1_000_000 });
  for (const host of ['a', 'b', 'c', 'd']) await (await limits.turnFor(taskOf(host)))?.(500_000, lives);
  assert.equal(clock.ms, 1000, 'the first of each goes at once');
  await (await limits.turnFor(taskOf('a')))?.(500_000, lives);
  assert.ok(clock.ms - 1000 > 450, `${clock.ms}`);
});
