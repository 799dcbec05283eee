import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LoopGuard } from './loop-guard.ts';

const MAC = '52:54:00:12:34:56';

test('a host that never becomes iPXE is stopped once, stays stopped, and is free again after the window', () => {
  const guard = new LoopGuard({ limit: 3, windowMs: 1000 });
  const ask = (xid: number, now: number): string => guard.askedForProgram(MAC, xid, now);
  assert.deepEqual([ask(1, 0), ask(2, 10), ask(3, 20)], ['go', 'go', 'go']);
  assert.deepEqual([ask(4, 30), ask(5, 40), ask(6, 999)], ['stop', 'stopped', 'stopped']);
  assert.equal(guard.askedForProgram('52:54:00:00:00:01', 1, 50), 'go');
  assert.equal(ask(7, 1000), 'go');
});

test('repeats of one boot count once', () => {
  const guard = new LoopGuard({ limit: 2, windowMs: 1000 });
  for (let i = 0; i < 20; i++) assert.equal(guard.askedForProgram(MAC, 7, i), 'go');
});

test('becoming iPXE clears the count', () => {
  const guard = new LoopGuard({ limit: 2, windowMs: 1000 });
  for (let boot = 0; boot < 20; boot++) {
    assert.equal(guard.askedForProgram(MAC, boot, boot), 'go');
    guard.becameIpxe(MAC);
  }
});

test('it never remembers more than its capacity', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(5), fc.boolean())), (asks) => {
      const guard = new LoopGuard({ limit: 2, windowMs: 10, capacity: 8 });
      asks.forEach(([mac, xid, ipxe], now) => {
        if (ipxe) guard.becameIpxe(String(mac));
        else guard.askedForProgram(String(mac), xid, now);
        assert.ok(guard.size <= 8);
      });
    }),
  );
});

test('a flood of other MACs pushes out the oldest, not the newest', () => {
  const guard = new LoopGuard({ limit: 1, windowMs: 1000, capacity: 2 });
  guard.askedForProgram('a', 1, 0);
  guard.askedForProgram('b', 1, 0);
  guard.askedForProgram('c', 1, 0);
  assert.equal(guard.askedForProgram('c', 2, 1), 'stop');
  assert.equal(guard.askedForProgram('b', 2, 1), 'stop');
  assert.equal(guard.askedForProgram('a', 2, 1), 'go');
});
