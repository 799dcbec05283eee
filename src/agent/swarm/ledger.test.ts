import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Assignment } from '../../protocol/index.ts';
import { Ledger } from './ledger.ts';

const limits = { inFlight: () => 2, inHand: 3 };
const of = (chunk: number): Assignment => ({ chunk, sources: ['h-1'] });
const arrived = { frame: Buffer.from('frame'), from: 'h-1', ms: 5 };

test('a chunk goes from wanted to told, and is asked for once', () => {
  const ledger = new Ledger(4, (chunk) => chunk !== 1, limits);
  assert.deepEqual([ledger.unsettled, ledger.room(8), ledger.room(2)], [3, 3, 2]);
  ledger.assign([of(0), of(0), of(1), of(2), of(9)]);
  assert.deepEqual([ledger.room(8), ledger.holding()], [1, [0, 2]]);
  assert.equal(ledger.next()?.chunk, 0);
  ledger.arrived(0, arrived);
  assert.equal(ledger.inHand(0), arrived);
  assert.equal(ledger.settle(0), arrived);
  assert.equal(ledger.settle(0), null, 'a second time counts nothing');
  assert.deepEqual(ledger.holding(), [2]);
  assert.deepEqual([...ledger.held()], [0b0011]);
  const told = ledger.tell();
  assert.deepEqual(told, { done: [{ chunk: 0, from: 'h-1', bytes: 5, ms: 5 }], failed: [] });
  assert.equal(ledger.untold, false);
  ledger.untell(told);
  assert.equal(ledger.untold, true);
});

test('no more is under way or in hand than the limits say', () => {
  const ledger = new Ledger(9, () => true, limits);
  ledger.assign([0, 1, 2, 3, 4, 5].map(of));
  assert.deepEqual([ledger.next()?.chunk, ledger.next()?.chunk, ledger.next()], [0, 1, null]);
  for (const chunk of [0, 1]) ledger.arrived(chunk, arrived);
  assert.deepEqual([ledger.next()?.chunk, ledger.next()?.chunk, ledger.next()], [2, 3, null]);
  ledger.arrived(2, arrived);
  assert.equal(ledger.next(), null, 'three are in hand');
  ledger.settle(0);
  assert.equal(ledger.next()?.chunk, 4);
});

test('whatever is assigned, lost and assigned again, every chunk is fetched exactly once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 80 }),
      fc.array(fc.constantFrom('fetch', 'settle', 'forget', 'rest'), { maxLength: 80 }),
      (assigned, acts) => {
        const ledger = new Ledger(20, (chunk) => chunk % 3 !== 0, limits);
        const wanted = Array.from({ length: 20 }, (_, chunk) => chunk).filter((chunk) => chunk % 3 !== 0);
        const fetched: number[] = [];
        const flying: number[] = [];
        const hand: number[] = [];
        const act = (what: string): void => {
          if (what === 'forget') ledger.forgetQueue();
          if (what === 'rest') ledger.assignRest(2, null);
          if (what === 'fetch') {
            const next = ledger.next();
            if (next !== null) flying.push(next.chunk);
            const landed = flying.length > 1 || next === null ? flying.shift() : undefined;
            if (landed === undefined) return;
            ledger.arrived(landed, arrived);
            fetched.push(landed);
            hand.push(landed);
          }
          const done = what === 'settle' ? hand.shift() : undefined;
          if (done !== undefined) ledger.settle(done);
        };
        for (const [i, chunk] of assigned.entries()) {
          ledger.assign([of(chunk)]);
          act(acts[i] ?? 'fetch');
        }
        for (let i = 0; ledger.unsettled > 0; i++) {
          assert.ok(i < 500, 'it comes to an end');
          for (const what of ['rest', 'fetch', 'settle']) act(what);
        }
        assert.deepEqual(
          fetched.toSorted((a, b) => a - b),
          wanted,
        );
        assert.equal(ledger.room(64), 0);
        assert.deepEqual(ledger.holding(), []);
      },
    ),
  );
});
