import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunkId } from './test-support/chunk-arbitrary.ts';
import { isTicketRight, pairKey, sealPairKey, type TicketFacts, ticketFor } from './ticket.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const facts: fc.Arbitrary<TicketFacts> = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  chunk: chunkId(),
  expires: fc.integer({ min: 1, max: 2 ** 48 }),
});

const signTicket = (own: Uint8Array, right: TicketFacts): string =>
  ticketFor(pairKey(own, right), right.chunk);

test('a ticket holds for its host, its chunk, its peer and its time, and for nothing else', () => {
  fc.assert(
    fc.property(secret, secret, facts, facts, (own, others, right, wrong) => {
      const ticket = signTicket(own, right);
      const holds = (changed: Partial<TicketFacts>, now = right.expires, key = own): boolean =>
        isTicketRight(key, { ...right, ...changed }, ticket, now);
      assert.equal(holds({}), true);
      assert.equal(holds({}, right.expires + 1), false);
      assert.equal(holds({ expires: right.expires + 1 }), false);
      assert.equal(holds({ chunk: wrong.chunk }), wrong.chunk === right.chunk);
      assert.equal(holds({}, 0, others), Buffer.from(others).equals(own));
      if (wrong.address !== right.address) assert.equal(holds({ address: wrong.address }), false);
    }),
  );
});

test('an IPv4 host is the same whichever way its address is written', () => {
  const right = { address: '10.1.2.3', chunk: 'a'.repeat(64), expires: 5 };
  const ticket = signTicket(Buffer.alloc(32), right);
  assert.equal(isTicketRight(Buffer.alloc(32), { ...right, address: '::ffff:10.1.2.3' }, ticket, 5), true);
});

test('one ticket has one spelling; other texts are wrong and throw nothing', () => {
  const right = { address: '10.1.2.3', chunk: 'a'.repeat(64), expires: 5 };
  const ticket = signTicket(Buffer.alloc(32), right);
  // The last character carries two spare bits.
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const twins = Array.from(letters, (last) => ticket.slice(0, -1) + last);
  const accepted = twins.filter((text) => isTicketRight(Buffer.alloc(32), right, text, 5));
  assert.deepEqual(accepted, [ticket]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      assert.equal(isTicketRight(Buffer.alloc(32), right, text, 5), false);
      assert.equal(
        isTicketRight(Buffer.alloc(32), { ...right, chunk: text, address: text }, ticket, 5),
        false,
      );
    }),
  );
});

test('the key of a pair is sealed for one host, about one peer and one time, and shows nothing of itself', () => {
  fc.assert(
    fc.property(secret, secret, secret, fc.integer({ min: 1, max: 2 ** 48 }), (own, others, key, expires) => {
      const sealed = sealPairKey(own, 'h-1', expires, key);
      const opened = (by: Uint8Array, peer: string, until: number): boolean =>
        sealPairKey(by, peer, until, sealed).equals(key);
      assert.equal(opened(own, 'h-1', expires), true);
      assert.equal(opened(own, 'h-2', expires), false);
      assert.equal(opened(own, 'h-1', expires + 1), false);
      assert.equal(opened(others, 'h-1', expires), Buffer.from(others).equals(own));
      assert.equal(sealed.equals(key), false);
    }),
  );
});
